/** A value as `AttributeInput` takes it. */
export interface DemoAttribute {
  readonly code: string;
  readonly value: string | number | boolean | readonly string[];
  readonly unit?: string;
  readonly locale?: string;
}

/** What is said of products, by handle. */
type Said = readonly (readonly [handle: string, attributes: readonly DemoAttribute[]])[];

const care = (en: string, de: string): DemoAttribute[] => [
  { code: 'care', value: `<p>${en}</p>` },
  { code: 'care', value: `<p>${de}</p>`, locale: 'de' },
];

const tent = (sleeps: number, season: string, waterColumnMm: number, floorSquareMetres: number): DemoAttribute[] => [
  { code: 'sleeps', value: sleeps },
  { code: 'season', value: season },
  { code: 'water_column', value: waterColumnMm },
  { code: 'floor_area', value: floorSquareMetres },
];

const bag = (madeOf: string, comfortCelsius: number | null, machineWashable: boolean): DemoAttribute[] => [
  { code: 'made_of', value: madeOf },
  ...(comfortCelsius === null ? [] : [{ code: 'comfortable_down_to', value: comfortCelsius }]),
  { code: 'machine_washable', value: machineWashable },
];

const DOWN_CARE = care(
  'Wash by hand with soap for down, and dry it slowly with two tennis balls in the drum.',
  'Mit Daunenwaschmittel von Hand waschen und langsam trocknen, mit zwei Tennisbällen in der Trommel.',
);

const mat = (construction: string, rValue: number): DemoAttribute[] => [
  { code: 'construction', value: construction },
  { code: 'r_value', value: rValue },
];

/** What is said of tents, and of what is slept in and on. */
export const OF_SLEEPING: Said = [
  ['alder-2-tent', tent(2, 'three-season', 3_000, 2.9)],
  ['alder-3-tent', tent(3, 'three-season', 3_000, 3.8)],
  ['sedge-solo-tent', tent(1, 'summer', 2_000, 1.9)],
  ['rookery-family-tent', tent(6, 'three-season', 5_000, 14.2)],
  ['heronry-four-season-tent', tent(2, 'four-season', 10_000, 3.1)],
  ['vole-down-sleeping-bag', [...bag('down', -3, false), ...DOWN_CARE]],
  ['badger-winter-sleeping-bag', [...bag('down', -15, false), ...DOWN_CARE]],
  ['dormouse-kids-sleeping-bag', bag('synthetic', 8, true)],
  ['hare-summer-quilt', [...bag('down', 7, false), ...DOWN_CARE]],
  ['merino-sleeping-bag-liner', bag('merino', null, true)],
  ['silk-travel-sheet', bag('silk', null, true)],
  ['brook-insulated-mat', mat('air', 4.2)],
  ['meadow-self-inflating-mat', mat('self-inflating', 3.5)],
  ['flint-foam-mat', mat('foam', 2)],
];

const rainJacket = (shell: string, waterColumnMm: number, hood: boolean): DemoAttribute[] => [
  { code: 'shell', value: shell },
  { code: 'withstands', value: waterColumnMm },
  { code: 'hood', value: hood },
];

const MEMBRANE_CARE = care(
  'Close the zips, wash at 30 °C without softener, and renew the proofing when water stops beading.',
  'Reißverschlüsse schließen, bei 30 °C ohne Weichspüler waschen und imprägnieren, sobald das Wasser nicht mehr abperlt.',
);

const DOWN_JACKET: readonly DemoAttribute[] = [
  { code: 'filled_with', value: 'down' },
  { code: 'fill_power', value: 800 },
  ...DOWN_CARE,
];

const BOOT: readonly DemoAttribute[] = [
  { code: 'upper', value: 'nubuck' },
  { code: 'waterproof', value: true },
  { code: 'resoleable', value: true },
];

/** What is said of what is worn. */
export const OF_CLOTHING: Said = [
  ['mens-skerry-rain-jacket', [...rainJacket('three-layer', 20_000, true), ...MEMBRANE_CARE]],
  ['womens-skerry-rain-jacket', [...rainJacket('three-layer', 20_000, true), ...MEMBRANE_CARE]],
  ['drizzle-city-coat', [...rainJacket('two-layer', 10_000, true), ...MEMBRANE_CARE]],
  ['pilot-mac', rainJacket('bonded-cotton', 8_000, false)],
  ['squall-ultralight-shell', [...rainJacket('three-layer', 15_000, true), ...MEMBRANE_CARE]],
  ['harbour-oilskin', rainJacket('coated', 10_000, false)],
  ['puddle-kids-rain-jacket', rainJacket('two-layer', 8_000, true)],
  ['isle-rain-poncho', rainJacket('coated', 5_000, true)],
  ['mens-eider-down-jacket', DOWN_JACKET],
  ['womens-eider-down-jacket', DOWN_JACKET],
  ['lapwing-insulated-gilet', [{ code: 'filled_with', value: 'synthetic' }]],
  ['mens-karren-mid-boots', BOOT],
  ['womens-karren-mid-boots', BOOT],
];

const pack = (litres: number, hipBelt: boolean, laptopInches?: number): DemoAttribute[] => [
  { code: 'volume', value: litres, unit: 'l' },
  { code: 'hip_belt', value: hipBelt },
  ...(laptopInches === undefined ? [] : [{ code: 'laptop_up_to', value: laptopInches, unit: 'in' }]),
];

const bottle = (material: string, insulated: boolean): DemoAttribute[] => [
  { code: 'material', value: material },
  { code: 'insulated', value: insulated },
];

const torch = (lumens: number, poweredBy: readonly string[]): DemoAttribute[] => [
  { code: 'lumens', value: lumens },
  { code: 'powered_by', value: poweredBy },
];

/** What is said of what is carried. */
export const OF_GEAR: Said = [
  ['grat-45-trekking-pack', pack(45, true)],
  ['grat-65-trekking-pack', pack(65, true)],
  ['kar-22-day-pack', pack(22, false)],
  ['kar-30-day-pack', pack(30, true)],
  ['sattel-pannier-pack', pack(24, false, 16)],
  ['kessler-roll-top', pack(20, false)],
  ['gipfel-kids-pack', pack(9, false)],
  ['steel-bottle', bottle('steel', false)],
  ['insulated-bottle', bottle('steel', true)],
  ['commuter-tumbler', bottle('steel', true)],
  ['soft-flask', bottle('tpu', false)],
  ['hydration-reservoir', bottle('tpu', false)],
  ['fathom-head-torch', torch(450, ['usb-c', 'aaa'])],
  ['spark-head-torch', torch(120, ['aaa'])],
];
