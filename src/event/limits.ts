/** Limits of what a leaf says. The numbers are part of the format. (spec/5-submission.md §9) */
export const EVENT_LIMITS = {
  /** Bytes of an event in canonical form. */
  eventBytesMax: 61_440,
  /** Bytes of a leaf. */
  leafBytesMax: 65_535,
  /** Open objects and arrays at one place of an event, the event itself counted. */
  eventDepthMax: 16,
  /** The same of whatever holds an event: a leaf, a submission item. */
  holderDepthMax: 17,
  /** Bytes of one submission item as sent. */
  itemBytesMax: 1_048_576,
  /** Disclosures of one submission item. */
  disclosuresMax: 64,
  /** Bytes of the text of one disclosure. */
  disclosureBytesMax: 65_536,
} as const;
