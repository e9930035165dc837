import { run, type Operator } from '../operator.ts';
import type { OfferSettings, WrittenProduct } from './write-offers.ts';

const SET = `mutation P($input: ProductPublicationSetInput!) { productPublicationSet(input: $input) {
  __typename ... on UserError { message } } }`;

interface Step {
  readonly productId: string;
  readonly channel: string;
  readonly published: boolean;
  readonly startsAt: string | null;
  readonly endsAt: string | null;
}

/** Publishes products with dates, and hides them where their file leaves a channel out. Without dates they are published when they are written. */
export async function writeDatedPublications(
  operator: Operator,
  products: readonly WrittenProduct[],
  { target, isDryRun, note }: OfferSettings,
): Promise<void> {
  const codes = new Set(target.channels.map(({ code }) => code));
  const steps: Step[] = [];
  for (const { document, present, productId, item } of products) {
    const wanted = document.publications;
    if (wanted == null) continue;
    const there = present?.document.publications ?? [];
    for (const { channel, startsAt = null, endsAt = null } of wanted) {
      if (!codes.has(channel)) {
        note(item.line, document.handle, 'publications', `The import does not publish in "${channel.slice(0, 40)}".`);
        continue;
      }
      const now = there.find((each) => each.channel === channel);
      const isDated = startsAt !== null || endsAt !== null;
      const isSame = now !== undefined && isSameTime(now.startsAt, startsAt) && isSameTime(now.endsAt, endsAt);
      if (!isSame && (isDated || now !== undefined))
        steps.push({ productId, channel, published: true, startsAt, endsAt });
    }
    for (const { channel } of there)
      if (codes.has(channel) && !wanted.some((each) => each.channel === channel))
        steps.push({ productId, channel, published: false, startsAt: null, endsAt: null });
  }
  if (isDryRun) return;
  const alike = Map.groupBy(steps, ({ productId: _, ...rest }) => JSON.stringify(rest));
  for (const group of alike.values()) {
    const [{ productId: _, ...step }] = group as [Step];
    const input = { ...step, productIds: group.map(({ productId }) => productId) };
    const { productPublicationSet } = await run<{ productPublicationSet: { __typename: string; message?: string } }>(
      operator,
      'products',
      SET,
      { input },
      'shared',
    );
    if (productPublicationSet.__typename !== 'ProductPublicationChanged')
      throw new Error(`products does not publish in ${step.channel}: ${productPublicationSet.message}`);
  }
}

const isSameTime = (left: string | null, right: string | null): boolean =>
  left === null || right === null ? left === right : Date.parse(left) === Date.parse(right);
