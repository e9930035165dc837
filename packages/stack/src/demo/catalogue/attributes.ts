import { OF_CLOTHING, OF_GEAR, OF_SLEEPING, type DemoAttribute } from './said-of-products.ts';

const OF_PRODUCTS = new Map([...OF_SLEEPING, ...OF_CLOTHING, ...OF_GEAR]);

/** How tall people may be for the lengths of sleeping bags, in centimetres. */
const BODY_HEIGHTS: ReadonlyMap<string, number> = new Map([
  ['Regular', 185],
  ['Long', 200],
]);

/** What is said of a product. */
export const attributesOfProduct = (handle: string): readonly DemoAttribute[] => OF_PRODUCTS.get(handle) ?? [];

/** What is said of a variant: what its options mean in figures. */
export function attributesOfVariant(
  { productType, optionNames }: { readonly productType: string; readonly optionNames: readonly string[] },
  optionValues: readonly string[],
): DemoAttribute[] {
  const valueOf = (name: string) => optionValues[optionNames.indexOf(name)] ?? '';
  if (productType === 'Bottles') {
    const litres = Number.parseFloat(valueOf('Volume'));
    return Number.isNaN(litres) ? [] : [{ code: 'capacity', value: litres, unit: 'l' }];
  }
  const height = productType === 'Sleeping Bags' ? BODY_HEIGHTS.get(valueOf('Length')) : undefined;
  return height === undefined ? [] : [{ code: 'fits_up_to', value: height }];
}
