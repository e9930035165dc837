/** How to name things of prices and stock. */
import { newId } from '@kontor/kit/src/ids.ts';
import { command, question, type Registry } from './idor-probe.ts';
import type { Ids } from './idor-world.ts';

const level = (more: object) => (ids: Ids) => ({
  ...{ variantId: ids['variant'], locationId: ids['store'], idempotencyKey: newId() },
  ...more,
});
const change = (more: object) => [command('staff', 'StockChanged', level(more))];
const POLICY = { name: 'Markpolicy', kind: 'PRIORITY', channels: [{ channel: 'web', priority: 1 }] };

export const SHOP: Registry = {
  'Mutation.priceListSet': [
    command('staff', 'PriceListSaved', () => ({
      ...{ code: 'another-list', scope: 'CHANNEL', channel: 'web', currency: 'EUR', taxIncluded: true },
    })),
  ],
  'Mutation.pricesSet': [
    command('staff', 'PricesChanged', (ids) => ({
      priceListCode: 'another-list',
      prices: [{ variantId: ids['variant'], amountMinor: 100 }],
    })),
  ],

  'Query.promotion': [question('staff', '"code":"welcome"', () => ({ code: 'welcome' }))],
  'Query.shippingOption': [question('staff', '"code":"standard"', () => ({ code: 'standard' }))],
  'Query.explainPrice': [
    question('staff', '"revision":', (ids) => ({ input: { variantId: ids['variant'], channel: 'web' } })),
  ],
  'Query.simulatePrice': [
    question('staff', '"pricedCount":', () => ({ input: { promotionCode: 'welcome', channel: 'web' } })),
  ],
  'Subscription.priceChanged': [question('guest', '"price":', (ids) => ({ variantIds: [ids['variant']] }))],
  'Mutation.feeScheduleSet': [
    command('staff', 'FeeScheduleSaved', () => ({
      ...{ feeScheduleCode: 'fees', name: 'Fees', currency: 'EUR' },
      brackets: [{ fromMinor: 0, basisPoints: 1500 }],
    })),
  ],
  'Mutation.promotionSet': [
    command('staff', 'PromotionSaved', (ids) => ({
      ...{ promotionCode: 'another', name: 'Another', isDraft: true },
      effect: { gift: { variantId: ids['variant'] } },
    })),
  ],
  'Mutation.promotionActivate': [command('staff', 'PromotionSaved', () => ({ promotionCode: 'welcome' }))],
  'Mutation.promotionArchive': [
    command('staff', 'PromotionSaved', () => ({ promotionCode: 'welcome', at: '2999-01-01T00:00:00.000Z' })),
  ],
  'Mutation.promotionCodesSet': [
    command('staff', 'PromotionCodesSaved', () => ({ promotionCode: 'welcome', codes: ['WELCOME10'] })),
  ],
  'Mutation.promotionCodesGenerate': [
    command('staff', 'PromotionCodesGenerated', () => ({ promotionCode: 'welcome', count: 1, idempotencyKey: 'idor' })),
  ],
  'Mutation.promotionCodesDisable': [command('staff', 'PromotionCodesDisabled', () => ({ codes: ['NOTHING'] }))],
  'Mutation.shippingOptionSet': [
    command('staff', 'ShippingOptionSaved', () => ({
      ...{ code: 'another', name: 'Another', currency: 'EUR', taxIncluded: true, isActive: false },
      zones: [{ brackets: [{ from: 0, amountMinor: 100 }] }],
    })),
  ],
  'Mutation.shippingOptionRemove': [command('staff', 'NotFound', () => ({ code: 'no-such-option' }))],

  'Query.location': [question('guest', 'berlin-mitte', (ids) => ({ id: ids['store'] }))],
  'Query.stockLevels': [question('staff', '"available":', (ids) => ({ variantId: ids['variant'] }))],
  'Query.stockLedger': [
    question('staff', '"cause":', (ids) => ({ variantId: ids['variant'] })),
    question('staff', '"cause":', (ids) => ({ variantId: ids['variant'], locationId: ids['store'] })),
  ],
  'Query.stockAt': [
    question('staff', '"levels":', (ids) => ({
      ...{ variantId: ids['variant'], locationId: ids['store'], time: new Date(Date.now() - 1).toISOString() },
    })),
  ],
  'Query.verifyStock': [question('staff', '"differenceCount":0', (ids) => ({ variantId: ids['variant'] }))],
  'Query.availability': [question('guest', '"sellableQuantity"', (ids) => ({ variantIds: [ids['variant']] }))],
  'Query.pickupLocations': [
    question('guest', 'berlin-mitte', (ids) => ({
      near: { latitude: 52.5, longitude: 13.4 },
      variantIds: [ids['variant']],
    })),
  ],
  'Query.stockTransfer': [question('staff', 'Markfreight', (ids) => ({ id: ids['transfer'] }))],
  'Query.stockTransfers': [question('staff', 'Markfreight', (ids) => ({ locationId: ids['store'] }))],
  'Query.allocationPolicy': [question('staff', 'Markpolicy', (ids) => ({ id: ids['policy'] }))],
  'Query.channelSafetyStocks': [question('staff', '"edges":', () => ({ channel: 'web' }))],
  'Query.sellingPolicy': [question('staff', '"sellingPolicy":null', (ids) => ({ variantId: ids['variant'] }))],
  'Query.explainAvailability': [
    question('staff', '"explainAvailability":{', (ids) => ({ variantId: ids['variant'], channel: 'web' })),
  ],
  'Query.simulateAllocation': [
    question('staff', 'AllocationSimulation', (ids) => ({ input: { policyId: ids['policy'], days: 1 } })),
  ],
  'Mutation.stockReceive': change({ quantity: 9 }),
  'Mutation.stockReturn': change({ quantity: 2, resellable: false }),
  'Mutation.stockDamage': change({ quantity: 1 }),
  'Mutation.stockCount': change({ countedQuantity: 30 }),
  'Mutation.stockAdjust': change({ quantity: 1, reason: 'found' }),
  'Mutation.stockInspect': change({ quantity: 1, resellable: true }),
  'Mutation.stockSafetySet': change({ quantity: 1 }),
  'Mutation.stockWriteOff': change({ quantity: 1, reason: 'scrap' }),
  'Mutation.stockApply': [
    command('staff', 'StockApplied', (ids) => ({ operations: [{ kind: 'RECEIVE', ...level({ quantity: 1 })(ids) }] })),
  ],
  'Mutation.stockTransferDispatch': [
    command('staff', 'StockTransferDispatched', (ids) => ({
      ...{ fromLocationId: ids['store'], toLocationId: ids['otherStore'], idempotencyKey: newId() },
      lines: [{ variantId: ids['variant'], quantity: 1 }],
    })),
  ],
  'Mutation.stockTransferReceive': [
    command('staff', 'StockTransferReceived', (ids) => ({
      ...{ transferId: ids['transfer'], lines: [], close: true, idempotencyKey: newId() },
    })),
  ],
  'Mutation.stockExceptionResolve': [
    command('staff', 'StockExceptionResolved', (ids) => ({ exceptionId: ids['exception'], note: 'Seen' })),
  ],
  'Mutation.allocationPolicySet': [
    command('staff', 'AllocationPolicySaved', (ids) => ({ ...POLICY, policyId: ids['policy'] })),
  ],
  'Mutation.allocationPolicyActivate': [
    command('staff', 'AllocationPolicySaved', (ids) => ({ policyId: ids['policy'] })),
  ],
  'Mutation.allocationPolicyRetire': [
    command('staff', 'AllocationPolicySaved', (ids) => ({ policyId: ids['policy'] })),
  ],
  'Mutation.channelSafetyStockSet': [
    command('staff', 'SafetyStockSaved', (ids) => ({ channel: 'web', locationId: ids['store'], quantity: 1 })),
  ],
  'Mutation.sellingPolicySet': [
    command('staff', 'SellingPolicySaved', (ids) => ({ variantId: ids['variant'], kind: 'DENY' })),
  ],
  'Subscription.availabilityChanged': [
    question('guest', '"availabilityChanged":', (ids) => ({ variantIds: [ids['variant']] })),
  ],
};
