// The name of something that has a page of its own; long ones break where they must.
import Link from "@cloudscape-design/components/link";

export function NameLink({ to, name }: { to: string; name: string }) {
  return (
    <span className="name">
      <Link href={to}>{name}</Link>
    </span>
  );
}
