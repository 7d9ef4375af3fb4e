// Topics by the page, for their list and for whoever chooses one.
import { call, path } from "./client";
import { topicPage, type Topic } from "./configuration-shapes";
import { every, type Page } from "./pages";

export const topicsBase = ["v2", "sesame", "topics"];

export async function loadTopics(after: string, signal?: AbortSignal): Promise<Page<Topic>> {
  const { topics, next_after } = await call(topicPage, "GET", path(topicsBase, { after }), undefined, signal);
  return { items: topics, next: next_after };
}

/** For a choice, which is none if some are missing. */
export async function loadEveryTopic(signal?: AbortSignal): Promise<Topic[]> {
  return every(loadTopics, signal);
}
