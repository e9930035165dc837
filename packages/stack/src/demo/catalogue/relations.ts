/** What a product leads to, by handle. */
interface DemoRelations {
  readonly accessories?: readonly string[];
  readonly beside?: readonly string[];
  readonly successor?: string;
}

const OF_PRODUCTS: ReadonlyMap<string, DemoRelations> = new Map([
  [
    'alder-2-tent',
    { accessories: ['groundsheet-footprint', 'storm-peg-set', 'gear-repair-kit'], beside: ['alder-3-tent'] },
  ],
  [
    'alder-3-tent',
    { accessories: ['groundsheet-footprint', 'storm-peg-set'], beside: ['alder-2-tent', 'rookery-family-tent'] },
  ],
  ['sedge-solo-tent', { accessories: ['groundsheet-footprint', 'trekking-poles'], beside: ['reed-bivvy-bag'] }],
  ['heronry-four-season-tent', { accessories: ['storm-peg-set'], beside: ['badger-winter-sleeping-bag'] }],
  [
    'vole-down-sleeping-bag',
    { accessories: ['merino-sleeping-bag-liner', 'compression-stuff-sack', 'pebble-inflatable-pillow'] },
  ],
  ['badger-winter-sleeping-bag', { accessories: ['compression-stuff-sack', 'brook-insulated-mat'] }],
  [
    'grat-45-trekking-pack',
    { accessories: ['pack-rain-cover', 'hydration-reservoir'], beside: ['grat-65-trekking-pack'] },
  ],
  ['grat-65-trekking-pack', { accessories: ['pack-rain-cover', 'hydration-reservoir', 'dry-bag-trio'] }],
  ['kar-22-day-pack', { accessories: ['steel-bottle'], beside: ['kar-30-day-pack'] }],
  [
    'mens-skerry-rain-jacket',
    { accessories: ['tech-wash-proofer'], beside: ['mens-skerry-rain-trousers', 'gale-umbrella'] },
  ],
  [
    'womens-skerry-rain-jacket',
    { accessories: ['tech-wash-proofer'], beside: ['womens-skerry-rain-trousers', 'gale-umbrella'] },
  ],
  ['mens-karren-mid-boots', { accessories: ['leather-care-kit', 'merino-hiking-socks'] }],
  ['womens-karren-mid-boots', { accessories: ['leather-care-kit', 'merino-hiking-socks'] }],
  ['mens-doline-trail-shoes', { accessories: ['run-liner-socks'], beside: ['soft-flask'] }],
  ['womens-doline-trail-shoes', { accessories: ['run-liner-socks'], beside: ['soft-flask'] }],
  ['ember-gas-stove', { accessories: ['canteen-pot-set', 'solo-titanium-mug-pot'], beside: ['twig-stove'] }],
  ['spring-water-filter', { accessories: ['filter-cartridge'] }],
  ['fold-solar-panel', { accessories: ['depot-power-bank'] }],
  ['commuter-tumbler', { successor: 'insulated-bottle' }],
  ['spark-head-torch', { successor: 'fathom-head-torch' }],
]);

/** The relations of a product as `productsUpsert` takes them. */
export function relationsOf(handle: string) {
  const { accessories, beside, successor } = OF_PRODUCTS.get(handle) ?? {};
  return [
    ...(accessories ? [{ kind: 'ACCESSORY', handles: accessories }] : []),
    ...(beside ? [{ kind: 'CROSS_SELL', handles: beside }] : []),
    ...(successor === undefined ? [] : [{ kind: 'SUCCESSOR', handles: [successor] }]),
  ];
}
