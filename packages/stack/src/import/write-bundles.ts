import type { DocumentBundle } from '@kontor/products/src/import/import-item.ts';
import { run, type Operator } from '../operator.ts';
import { readPresent, type PresentProduct } from './present-products.ts';
import type { OfferSettings, WrittenProduct } from './write-offers.ts';

const SET = `mutation B($input: VariantComponentsSetInput!) { variantComponentsSet(input: $input) {
  __typename ... on UserError { message } } }`;
const HANDLES = 500;

/** Makes variants bundles of others, which stand before them in the file. What is so already is not touched. */
export async function writeBundles(
  operator: Operator,
  products: readonly WrittenProduct[],
  { isDryRun, note }: Pick<OfferSettings, 'isDryRun' | 'note'>,
): Promise<void> {
  const concerned = products.filter(({ document }) => (document.bundles?.length ?? 0) > 0);
  if (concerned.length === 0 || isDryRun) return;
  const handles = concerned.flatMap(({ document }) =>
    document.bundles!.flatMap(({ components }) => components.map(({ handle }) => handle)),
  );
  const parts = await readAll(operator, [...new Set(handles)]);
  for (const product of concerned) {
    const { document, item, present } = product;
    for (const bundle of document.bundles!) {
      const same = present?.document.bundles?.some((each) => JSON.stringify(each) === JSON.stringify(bundle));
      const problem = same ? null : await writeBundle(operator, product, bundle, parts);
      if (problem !== null) note(item.line, document.handle, 'bundles', problem);
    }
  }
}

/** @returns why the bundle was not made; null when it was. */
async function writeBundle(
  operator: Operator,
  { document, variantIds }: WrittenProduct,
  { optionValues, components }: DocumentBundle,
  parts: ReadonlyMap<string, PresentProduct>,
): Promise<string | null> {
  const idOf = (
    rows: readonly { optionValues: readonly string[] }[],
    ids: readonly string[],
    values: readonly string[],
  ) => ids[rows.findIndex((row) => JSON.stringify(row.optionValues) === JSON.stringify(values))];
  const variantId = idOf(document.variants, variantIds, optionValues);
  const name = optionValues.join(' / ') || 'without options';
  if (variantId === undefined) return `The product has no variant ${name} to be a bundle.`;
  const found = components.map(({ handle, optionValues: values, quantity }) => {
    const part = parts.get(handle);
    return { variantId: part && idOf(part.document.variants, part.variantIds, values), quantity, handle };
  });
  const missing = found.find((each) => each.variantId === undefined);
  if (missing)
    return `The variant ${name} is no bundle: there is no such component of "${missing.handle.slice(0, 60)}".`;
  const { variantComponentsSet } = await run<{ variantComponentsSet: { __typename: string; message?: string } }>(
    operator,
    'products',
    SET,
    { input: { variantId, components: found.map(({ handle: _, ...component }) => component) } },
    'shared',
  );
  if (variantComponentsSet.__typename === 'VariantComponentsSaved') return null;
  return `The variant ${name} is no bundle: ${variantComponentsSet.message}`;
}

async function readAll(operator: Operator, handles: readonly string[]): Promise<Map<string, PresentProduct>> {
  const found = new Map<string, PresentProduct>();
  for (let from = 0; from < handles.length; from += HANDLES)
    for (const [handle, product] of await readPresent(operator, handles.slice(from, from + HANDLES)))
      found.set(handle, product);
  return found;
}
