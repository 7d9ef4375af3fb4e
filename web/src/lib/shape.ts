// What an answer of the API looks like, said once: the TypeScript type and the check at run time come from the same
// description. Members that are not described are left alone; a described one must be there.

export interface Shape<T> {
  /** Where `value` is not of this shape, as a path ("identities.3.dkim"); null if it is. */
  fault(value: unknown, path: string): string | null;
  readonly example?: T; // for the type only
}

export type Of<S> = S extends Shape<infer T> ? T : never;

function simple<T>(holds: (value: unknown) => boolean): Shape<T> {
  return { fault: (value, path) => (holds(value) ? null : path) };
}

export const text = simple<string>((value) => typeof value === "string");
export const number = simple<number>((value) => typeof value === "number");
export const flag = simple<boolean>((value) => typeof value === "boolean");
export const anything = simple<unknown>(() => true);

export function oneOf<const W extends string>(...words: W[]): Shape<W> {
  return simple<W>((value) => (words as string[]).includes(value as string));
}

export function nullable<T>(shape: Shape<T>): Shape<T | null> {
  return { fault: (value, path) => (value === null ? null : shape.fault(value, path)) };
}

export function optional<T>(shape: Shape<T>): Shape<T | undefined> {
  return { fault: (value, path) => (value === undefined ? null : shape.fault(value, path)) };
}

export function list<T>(shape: Shape<T>): Shape<T[]> {
  return {
    fault(value, path) {
      if (!Array.isArray(value)) return path;
      for (const [index, element] of value.entries()) {
        const fault = shape.fault(element, `${path}.${index}`);
        if (fault) return fault;
      }
      return null;
    },
  };
}

export function record<T>(shape: Shape<T>): Shape<Record<string, T>> {
  return {
    fault(value, path) {
      if (typeof value !== "object" || value === null || Array.isArray(value)) return path;
      for (const [name, member] of Object.entries(value)) {
        const fault = shape.fault(member, `${path}.${name}`);
        if (fault) return fault;
      }
      return null;
    },
  };
}

type Members = Record<string, Shape<unknown>>;
type Optional<M extends Members> = { [K in keyof M]: undefined extends Of<M[K]> ? K : never }[keyof M];
export type ObjectOf<M extends Members> = { [K in Exclude<keyof M, Optional<M>>]: Of<M[K]> } & {
  [K in Optional<M>]?: Of<M[K]>;
};

export function object<M extends Members>(members: M): Shape<ObjectOf<M>> {
  return {
    fault(value, path) {
      if (typeof value !== "object" || value === null || Array.isArray(value)) return path;
      for (const [name, shape] of Object.entries(members)) {
        const fault = shape.fault((value as Record<string, unknown>)[name], `${path}.${name}`);
        if (fault) return fault;
      }
      return null;
    },
  };
}
