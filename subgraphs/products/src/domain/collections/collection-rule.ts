/** How a condition compares. */
export type Relation = 'IS' | 'IS_NOT' | 'CONTAINS' | 'GREATER' | 'LESS';

/** What a condition compares. */
export type ConditionField =
  'VENDOR' | 'PRODUCT_TYPE' | 'TAG' | 'CATEGORY' | 'TITLE' | 'ATTRIBUTE' | 'CREATED_WITHIN_DAYS' | 'PRICE' | 'SELLABLE';

/**
 * What must be true of a product. `IS` and `CONTAINS`: one of the values; `IS_NOT`: none of them; `GREATER` and `LESS`: the only value.
 * What a product does not have is never anything, contains nothing and is neither greater nor less.
 */
export interface RuleCondition {
  readonly field: ConditionField;
  /** `ATTRIBUTE`: its code. `PRICE`: channel and currency as `web/EUR`. `SELLABLE`: the channel. Absent for all others. */
  readonly attribute?: string;
  readonly relation: Relation;
  /** At least one. */
  readonly values: readonly string[];
}

/** A rule as data, as it is kept: which products a collection holds. */
export interface CollectionRule {
  readonly match: 'ALL' | 'ANY';
  /** At least one. */
  readonly conditions: readonly RuleCondition[];
}
