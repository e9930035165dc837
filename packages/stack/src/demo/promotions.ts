import { PRODUCTS } from './catalogue/products.ts';
import { known, type Ids } from './send.ts';

/** A promotion, as staff would set it; goods are named by their products' handles. */
export interface DemoPromotion {
  readonly promotionCode: string;
  readonly name: string;
  readonly priority: number;
  readonly combinesWith: readonly ('PRODUCT' | 'ORDER' | 'SHIPPING')[];
  readonly needsCode: boolean;
  readonly maxUsesPerCustomer?: number;
  readonly channels: readonly string[];
  readonly effect:
    | { readonly cartPercent: { readonly basisPoints: number } }
    | { readonly freeShipping: { readonly optionCodes: readonly string[] } }
    | { readonly buyGet: { readonly handle: string; readonly buyQuantity: number; readonly getQuantity: number } };
  /** What shoppers enter. */
  readonly codes: readonly string[];
}

const SHOPS = ['web', 'mobile'];

export const PROMOTIONS: readonly DemoPromotion[] = [
  {
    promotionCode: 'socks-three-for-two',
    name: 'Merino socks: three for two',
    priority: 10,
    combinesWith: ['ORDER', 'SHIPPING'],
    needsCode: false,
    channels: [...SHOPS, 'pos'],
    effect: { buyGet: { handle: 'merino-hiking-socks', buyQuantity: 2, getQuantity: 1 } },
    codes: [],
  },
  {
    promotionCode: 'welcome',
    name: 'Ten percent to begin with',
    priority: 0,
    combinesWith: ['PRODUCT', 'SHIPPING'],
    needsCode: true,
    maxUsesPerCustomer: 1,
    channels: SHOPS,
    effect: { cartPercent: { basisPoints: 1_000 } },
    codes: ['WELCOME10'],
  },
  {
    promotionCode: 'free-standard-delivery',
    name: 'Standard delivery for nothing',
    priority: 0,
    combinesWith: ['PRODUCT', 'ORDER'],
    needsCode: true,
    channels: SHOPS,
    effect: { freeShipping: { optionCodes: ['standard', 'standard-gbp'] } },
    codes: ['SHIPFREE'],
  },
];

/** A promotion as `promotionSet` takes it. @param variantIds by SKU */
export function promotionInput(promotion: Omit<DemoPromotion, 'codes'>, variantIds: Ids): object {
  const { effect, channels, ...rest } = promotion;
  return { ...rest, conditions: { channels }, effect: effectInput(effect, variantIds) };
}

function effectInput(effect: DemoPromotion['effect'], variantIds: Ids): object {
  if (!('buyGet' in effect)) return effect;
  const { handle, ...quantities } = effect.buyGet;
  const variants = PRODUCTS.find((product) => product.handle === handle)?.variants ?? [];
  const goods = { variantIds: variants.map(({ sku }) => known(variantIds, sku)) };
  return { buyGet: { ...quantities, buy: goods } };
}
