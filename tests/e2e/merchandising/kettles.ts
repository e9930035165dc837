import type { Staff } from '../people/staff.ts';

/** What the kettles are told apart from everything else by. */
export const VENDOR = 'Kesselhaus';
export const COPPER = 'copper-kettle';
export const STEEL = 'steel-kettle';

const de = (text: string) => [{ locale: 'de', text }];

const TYPE = {
  name: 'Kettle',
  labels: de('Kessel'),
  attributes: [
    {
      ...{ code: 'material', labels: [{ locale: 'en', text: 'Material' }, ...de('Werkstoff')], kind: 'ENUM' },
      ...{ isRequired: true, isFilterable: true },
      options: [
        { code: 'copper', labels: [{ locale: 'en', text: 'Copper' }, ...de('Kupfer')] },
        { code: 'steel', labels: [{ locale: 'en', text: 'Steel' }, ...de('Edelstahl')] },
      ],
    },
    { code: 'volume', labels: de('Inhalt'), kind: 'MEASURE', unit: 'l', minimum: 0.1, maximum: 10 },
    { code: 'care', labels: de('Pflege'), kind: 'RICH_TEXT', isLocalizable: true },
  ],
};

const SIZES = [
  {
    name: 'Size',
    words: de('Größe'),
    values: [
      { value: 'Small', words: de('Klein') },
      { value: 'Large', words: de('Groß') },
    ],
  },
];

/** A kettle to make: a draft of two sizes, with German texts. */
export const KETTLES = [
  {
    ...{ handle: COPPER, title: 'Copper Kettle', vendor: VENDOR, productType: TYPE.name, options: SIZES },
    variants: [{ optionValues: ['Small'] }, { optionValues: ['Large'] }],
    attributes: [
      { code: 'material', value: 'copper' },
      { code: 'volume', value: 1500, unit: 'ml' },
      { code: 'care', value: '<p>Polish it.</p><script>alert(1)</script>' },
      { code: 'care', value: '<p>Von Hand spülen.</p>', locale: 'de' },
    ],
    texts: [{ locale: 'de', title: 'Kupferkessel', descriptionHtml: '<p>Pfeift, sobald das Wasser kocht.</p>' }],
  },
  {
    ...{ handle: STEEL, title: 'Steel Kettle', vendor: VENDOR, productType: TYPE.name, options: SIZES },
    variants: [{ optionValues: ['Large'] }],
    attributes: [{ code: 'material', value: 'steel' }],
    texts: [{ locale: 'de', title: 'Edelstahlkessel' }],
  },
] as const;

/** A product that was made. */
export interface Made {
  readonly id: string;
  readonly version: number;
  readonly variants: readonly { readonly id: string }[];
}

/** The kettles and where they are filed. */
export interface Kettles {
  readonly copper: Made;
  readonly steel: Made;
  /** The root. */
  readonly kitchenId: string;
  /** Below it. */
  readonly kettlesId: string;
}

/** Defines what kettles are and where they are filed, and makes them: drafts, published in the web shop. */
export async function makeKettles(staff: Staff): Promise<Kettles> {
  await staff.change('productTypeSet', TYPE);
  const category = async (handle: string, name: string, german: string, parentId: string | null) => {
    const input = { handle, name, names: de(german), parentId };
    const { category: saved } = await staff.change<{ category: { id: string } }>(
      'categorySet',
      input,
      '... on CategorySaved { category { id } }',
    );
    return saved.id;
  };
  const kitchenId = await category('tea-kitchen', 'Tea Kitchen', 'Teeküche', null);
  const kettlesId = await category('tea-kettles', 'Tea Kettles', 'Teekessel', kitchenId);
  const make = async (kettle: (typeof KETTLES)[number]) => {
    const { product } = await staff.change<{ product: Made }>(
      'productCreate',
      { ...kettle, categoryIds: [kettlesId] },
      '... on ProductCreated { product { id version variants { id } } }',
    );
    return product;
  };
  const [copper, steel] = [await make(KETTLES[0]), await make(KETTLES[1])];
  const productIds = [copper.id, steel.id];
  await staff.change('productPublicationSet', { channel: 'web', productIds, published: true });
  return { copper, steel, kitchenId, kettlesId };
}
