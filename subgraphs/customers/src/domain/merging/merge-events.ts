/** Two profiles, by what they become. */
interface Merged {
  readonly mergeId: string;
  readonly survivorId: string;
  readonly absorbedId: string;
}

const event = (topic: string, { mergeId, survivorId, absorbedId }: Merged) => ({
  topic,
  key: survivorId,
  payload: { mergeId, survivorId, absorbedId },
});

/** Says that an id means another profile from now on. */
export const customerMerged = (merge: Merged) => event('customers.customer.merged', merge);

/** Says that an id means its own profile again. */
export const customerUnmerged = (merge: Merged) => event('customers.customer.unmerged', merge);
