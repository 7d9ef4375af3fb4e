// The answers about configuration sets, topics, destinations and templates.
import { flag, list, nullable, number, object, oneOf, optional, text, type Of } from "./shape";

export const setNames = object({ ConfigurationSets: list(text), NextToken: optional(nullable(text)) });
export const configurationSet = object({
  ConfigurationSetName: text,
  DeliveryOptions: object({ TlsPolicy: oneOf("REQUIRE", "OPTIONAL"), MaxDeliverySeconds: optional(number), SendingPoolName: optional(text) }),
  ReputationOptions: object({ ReputationMetricsEnabled: flag }),
  SendingOptions: object({ SendingEnabled: flag }),
  TrackingOptions: optional(object({ HttpsPolicy: text, CustomRedirectDomain: optional(text) })),
  SuppressionOptions: optional(object({ SuppressedReasons: list(text) })),
});
export type ConfigurationSet = Of<typeof configurationSet>;

export const eventKinds = [
  "SEND",
  "DELIVERY",
  "DELIVERY_DELAY",
  "BOUNCE",
  "COMPLAINT",
  "REJECT",
  "RENDERING_FAILURE",
  "OPEN",
  "CLICK",
  "SUBSCRIPTION",
] as const;
const eventDestination = object({
  Name: text,
  Enabled: flag,
  MatchingEventTypes: list(text),
  SnsDestination: optional(object({ TopicArn: text })),
  WebhookDestination: optional(object({ Url: text })),
});
export type EventDestination = Of<typeof eventDestination>;
export const eventDestinations = object({ EventDestinations: list(eventDestination) });

const topicHead = { arn: text, name: text, display_name: text, created: text, confirmed: number, pending: number };
export const topic = object(topicHead);
export type Topic = Of<typeof topic>;
export const topicPage = object({ topics: list(topic), next_after: nullable(text) });
export const subscription = object({ arn: text, endpoint: text, confirmed: flag, raw_message_delivery: flag, created: text });
export type Subscription = Of<typeof subscription>;
export const topicDetail = object({ ...topicHead, subscriptions: list(subscription) });

const destinationState = object({
  destination: text,
  pending: number,
  dead: number,
  oldest_pending: nullable(text),
  attempts: number,
  last_error: text,
});
export type DestinationState = Of<typeof destinationState>;
export const destinationStates = object({ destinations: list(destinationState) });
const deadLetter = object({
  entry: number,
  created: text,
  attempts: number,
  last_error: text,
  event: nullable(object({ kind: text, recipient: text, api_message_id: text })),
});
export const deadLetters = object({ dead_letters: list(deadLetter) });
export const revived = object({ entries: number });

export const templateNames = object({
  TemplatesMetadata: list(object({ TemplateName: text, CreatedTimestamp: number })),
  NextToken: optional(nullable(text)),
});
export const template = object({
  TemplateName: text,
  TemplateContent: object({ Subject: text, Text: optional(text), Html: optional(text) }),
});
export type Template = Of<typeof template>;
export const rendered = object({ RenderedTemplate: text });
