import type { DemoProduct } from './expand.ts';

/** A category with what is below it. */
interface CategoryNode {
  readonly handle: string;
  readonly name: string;
  readonly german: string;
  /** The product types that belong here. */
  readonly types?: readonly string[];
  readonly below?: readonly CategoryNode[];
}

const TREE: readonly CategoryNode[] = [
  {
    handle: 'camping',
    name: 'Camping',
    german: 'Camping',
    below: [
      { handle: 'tents', name: 'Tents', german: 'Zelte', types: ['Tents'] },
      { handle: 'shelters', name: 'Tarps & Hammocks', german: 'Tarps & Hängematten', types: ['Shelters'] },
      {
        handle: 'sleeping',
        name: 'Sleeping',
        german: 'Schlafen',
        types: ['Pillows', 'Camping Accessories'],
        below: [
          { handle: 'sleeping-bags', name: 'Sleeping Bags', german: 'Schlafsäcke', types: ['Sleeping Bags'] },
          { handle: 'sleeping-mats', name: 'Sleeping Mats', german: 'Isomatten', types: ['Sleeping Mats'] },
        ],
      },
      {
        handle: 'camp-kitchen',
        name: 'Camp Kitchen',
        german: 'Campingküche',
        types: ['Camp Kitchen Accessories'],
        below: [
          { handle: 'stoves', name: 'Stoves', german: 'Kocher', types: ['Stoves'] },
          { handle: 'cookware', name: 'Pots & Pans', german: 'Töpfe & Pfannen', types: ['Cookware'] },
          { handle: 'tableware', name: 'Plates & Cups', german: 'Teller & Tassen', types: ['Tableware'] },
          { handle: 'coffee', name: 'Coffee', german: 'Kaffee', types: ['Coffee'] },
        ],
      },
      {
        handle: 'light-and-power',
        name: 'Light & Power',
        german: 'Licht & Strom',
        types: ['Power'],
        below: [
          { handle: 'lanterns', name: 'Lanterns', german: 'Laternen', types: ['Lanterns'] },
          {
            handle: 'torches',
            name: 'Torches & Bike Lights',
            german: 'Stirnlampen & Fahrradlichter',
            types: ['Head Torches', 'Bike Lights'],
          },
        ],
      },
    ],
  },
  {
    handle: 'clothing',
    name: 'Clothing',
    german: 'Bekleidung',
    below: [
      {
        handle: 'jackets',
        name: 'Jackets',
        german: 'Jacken',
        below: [
          { handle: 'rain-jackets', name: 'Rain Jackets', german: 'Regenjacken', types: ['Rain Jackets'] },
          {
            handle: 'insulated-jackets',
            name: 'Insulated Jackets',
            german: 'Warme Jacken',
            types: ['Insulated Jackets'],
          },
          { handle: 'fleece', name: 'Fleece', german: 'Fleece', types: ['Fleece'] },
        ],
      },
      {
        handle: 'trousers',
        name: 'Trousers',
        german: 'Hosen',
        types: ['Trousers', 'Shorts'],
        below: [{ handle: 'rain-trousers', name: 'Rain Trousers', german: 'Regenhosen', types: ['Rain Trousers'] }],
      },
      { handle: 'wool', name: 'Wool & Knitwear', german: 'Wolle & Strick', types: ['Base Layers', 'Knitwear'] },
      {
        handle: 'small-clothing',
        name: 'Hats, Gloves & Scarves',
        german: 'Mützen, Handschuhe & Schals',
        types: ['Hats', 'Gloves', 'Scarves', 'Belts'],
        below: [{ handle: 'socks', name: 'Socks', german: 'Socken', types: ['Socks'] }],
      },
    ],
  },
  {
    handle: 'shoes',
    name: 'Shoes',
    german: 'Schuhe',
    types: ['Sandals', 'Slippers'],
    below: [
      { handle: 'boots', name: 'Boots', german: 'Stiefel', types: ['Hiking Boots', 'City Boots'] },
      { handle: 'trail-shoes', name: 'Trail Shoes', german: 'Trailschuhe', types: ['Trail Shoes'] },
      { handle: 'shoe-care', name: 'Shoe Care', german: 'Schuhpflege', types: ['Shoe Care'] },
    ],
  },
  {
    handle: 'packs-and-luggage',
    name: 'Packs & Luggage',
    german: 'Rucksäcke & Gepäck',
    below: [
      { handle: 'backpacks', name: 'Backpacks', german: 'Rucksäcke', types: ['Backpacks'] },
      { handle: 'bags', name: 'Bags', german: 'Taschen', types: ['Bags'] },
      { handle: 'luggage', name: 'Cases & Duffels', german: 'Koffer & Reisetaschen', types: ['Suitcases', 'Duffels'] },
    ],
  },
  {
    handle: 'on-the-way',
    name: 'On the Way',
    german: 'Unterwegs',
    types: ['Umbrellas'],
    below: [
      {
        handle: 'bottles',
        name: 'Bottles & Water',
        german: 'Flaschen & Wasser',
        types: ['Bottles', 'Water Treatment'],
      },
      { handle: 'food', name: 'Food Jars & Boxes', german: 'Proviantdosen', types: ['Food Storage'] },
      {
        handle: 'tools',
        name: 'Tools & Knives',
        german: 'Werkzeug & Messer',
        types: ['Axes & Saws', 'Knives', 'Multi-Tools'],
      },
      { handle: 'repair', name: 'Repair & Care', german: 'Reparatur & Pflege', types: ['Repair'] },
      {
        handle: 'safety',
        name: 'Safety & Navigation',
        german: 'Sicherheit & Orientierung',
        types: ['Safety', 'Navigation', 'Trekking Poles'],
      },
      {
        handle: 'travel',
        name: 'Travel',
        german: 'Reise',
        types: ['Travel Comfort', 'Organisers', 'Wallets', 'Stationery'],
      },
    ],
  },
  {
    handle: 'home',
    name: 'Home',
    german: 'Zuhause',
    below: [
      {
        handle: 'textiles',
        name: 'Blankets & Cushions',
        german: 'Decken & Kissen',
        types: ['Blankets', 'Cushions', 'Rugs'],
      },
      { handle: 'candles', name: 'Candles', german: 'Kerzen', types: ['Candles'] },
      { handle: 'kitchen-and-bath', name: 'Kitchen & Bath', german: 'Küche & Bad', types: ['Kitchen', 'Bath'] },
      { handle: 'hallway-and-garden', name: 'Hallway & Garden', german: 'Flur & Garten', types: ['Hallway', 'Garden'] },
    ],
  },
];

/** A category as `categoriesUpsert` takes it; its handle is its reference, too. */
interface DemoCategory {
  readonly handle: string;
  readonly name: string;
  readonly german: string;
  readonly parentHandle: string | null;
  readonly position: number;
  readonly types: readonly string[];
}

const flatten = (nodes: readonly CategoryNode[], parentHandle: string | null): DemoCategory[] =>
  nodes.flatMap(({ handle, name, german, types = [], below = [] }, position) => [
    { handle, name, german, parentHandle, position, types },
    ...flatten(below, handle),
  ]);

/** All categories, each before what is below it. */
export const CATEGORIES: readonly DemoCategory[] = flatten(TREE, null);

const OF_TYPE = new Map(CATEGORIES.flatMap(({ handle, types }) => types.map((type) => [type, handle] as const)));

/** What else finds a place where somebody looks for a use rather than for a thing: the tag, and the category. */
const OF_TAG: readonly (readonly [tag: string, handle: string])[] = [
  ['camp-kitchen', 'camp-kitchen'],
  ['coffee', 'coffee'],
  ['wool', 'wool'],
  ['travel', 'travel'],
];

/** Handles of a product's categories, the main one first. */
export function categoriesOf({ productType, tags }: DemoProduct): string[] {
  const main = OF_TYPE.get(productType);
  const others = OF_TAG.filter(([tag]) => tags.includes(tag)).map(([, handle]) => handle);
  return [...new Set([...(main === undefined ? [] : [main]), ...others])];
}
