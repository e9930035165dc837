import { ACCESSORIES } from './accessories.ts';
import { BOTTLES } from './bottles.ts';
import { expandProducts, type DemoProduct } from './expand.ts';
import { FOOTWEAR } from './footwear.ts';
import { HOME } from './home.ts';
import { KITCHEN } from './kitchen.ts';
import { LAYERS } from './layers.ts';
import { LIGHT } from './light.ts';
import { PACKS } from './packs.ts';
import { RAIN } from './rain.ts';
import { SLEEPING } from './sleeping.ts';
import { TENTS } from './tents.ts';
import { TOOLS } from './tools.ts';
import { TRAVEL } from './travel.ts';
import { TROUSERS } from './trousers.ts';

/** The whole assortment of the demo's merchant: outdoor, travel and home. */
export const PRODUCTS: readonly DemoProduct[] = [
  TENTS,
  SLEEPING,
  PACKS,
  RAIN,
  LAYERS,
  TROUSERS,
  FOOTWEAR,
  ACCESSORIES,
  KITCHEN,
  BOTTLES,
  LIGHT,
  TOOLS,
  TRAVEL,
  HOME,
].flatMap(expandProducts);

/** The cheapest variant's German shelf price in cents. */
export const lowestEurMinor = (product: DemoProduct): number =>
  Math.min(...product.variants.map((variant) => variant.eurMinor));
