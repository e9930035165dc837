import { sql, type SQL } from 'drizzle-orm';
import type { CollectionRule, ConditionField, RuleCondition } from '../../domain/collections/collection-rule.ts';
import { foldText } from '../../domain/text.ts';

// Conditions are asked of rows `f` as `productFacts` makes them. Each is true or false, never null. All values are parameters.

const HOURS_OF_A_DAY = 24;
const A_NUMBER = /^-?\d{1,15}(?:\.\d{1,15})?$/;
const A_DATE = /^\d{4}-\d\d-\d\d$/;

/** Which of the facts that are dear to read a rule asks for. */
export interface WantedFacts {
  readonly categories: boolean;
  readonly variants: boolean;
  readonly offers: boolean;
}

const asks = (rules: readonly CollectionRule[], ...fields: ConditionField[]): boolean =>
  rules.some(({ conditions }) => conditions.some(({ field }) => fields.includes(field)));

export const factsOf = (rules: readonly CollectionRule[]): WantedFacts => ({
  categories: asks(rules, 'CATEGORY'),
  variants: asks(rules, 'ATTRIBUTE'),
  offers: asks(rules, 'PRICE', 'SELLABLE'),
});

/** A list of texts as rows of one column. */
const texts = (values: readonly string[]): SQL =>
  sql`select jsonb_array_elements_text(${JSON.stringify(values)}::jsonb)`;

/**
 * The query whose rows `f` rules are asked of: what is known of products, in no order. A product is in the categories above its own, too.
 * @param chosen a query of the column `product_id`.
 */
export const productFacts = (chosen: SQL, wanted: WantedFacts): SQL => sql`
  select p.product_id, p.created_at, p.vendor, p.product_type, p.tags, p.title_key, p.attributes,
    ${wanted.variants ? sql`array(select v.attributes from products.variants v where v.product_id = p.product_id and v.attributes <> '{}')` : sql`'{}'::jsonb[]`} as variant_attributes,
    ${wanted.categories ? CATEGORIES : sql`'{}'::uuid[]`} as category_ids,
    ${wanted.offers ? sql`coalesce((select d.offers from products.search_documents d where d.product_id = p.product_id and d.language = '' and d.channel_code = ''), '{}')` : sql`'{}'::bigint[]`} as offers
  from (${chosen}) chosen join products.products p on p.product_id = chosen.product_id`;

const CATEGORIES = sql`array(
  with recursive held as (
    select k.category_id, c.parent_id from products.product_categories k join products.categories c on c.category_id = k.category_id where k.product_id = p.product_id
    union select c.category_id, c.parent_id from held join products.categories c on c.category_id = held.parent_id)
  select held.category_id from held)`;

/** The condition that a product of the row `f` matches a rule. */
export function ruleSql({ match, conditions }: CollectionRule): SQL {
  const each = conditions.map((condition) => sql`(${conditionSql(condition)})`);
  return sql.join(each, match === 'ALL' ? sql` and ` : sql` or `);
}

function conditionSql(condition: RuleCondition): SQL {
  if (condition.relation === 'IS_NOT') return sql`not (${conditionSql({ ...condition, relation: 'IS' })})`;
  switch (condition.field) {
    case 'VENDOR':
      return textSql(sql`f.vendor`, condition);
    case 'PRODUCT_TYPE':
      return textSql(sql`f.product_type`, condition);
    case 'TITLE':
      return textSql(sql`f.title_key`, { ...condition, values: condition.values.map(foldText) });
    case 'TAG':
      return sql`f.tags && array(${texts(condition.values)})`;
    case 'CATEGORY':
      return sql`f.category_ids && array(${texts(condition.values)})::uuid[]`;
    case 'CREATED_WITHIN_DAYS':
      return sql`f.created_at > products.app_now() - make_interval(hours => ${HOURS_OF_A_DAY * Number(condition.values[0])}::int)`;
    case 'PRICE':
      return sql`coalesce(f.offers[${slot(condition)}] ${comparison(condition)} ${condition.values[0]}::bigint, false)`;
    case 'SELLABLE':
      return sql`f.offers[${slot(condition)}] is not null`;
    case 'ATTRIBUTE':
      return attributeSql(condition);
  }
}

/** Where the channel's lowest price, or whether it can sell, stands. @param condition of `web/EUR`, or of `web`. */
const slot = ({ attribute }: RuleCondition): SQL =>
  sql`(select products.search_offer_slot(split_part(${attribute}::text, '/', 1), split_part(${attribute}::text, '/', 2)))`;

const comparison = ({ relation }: RuleCondition): SQL => (relation === 'GREATER' ? sql`>` : sql`<`);

const textSql = (text: SQL, { relation, values }: RuleCondition): SQL =>
  relation === 'CONTAINS'
    ? sql`exists (select 1 from (${texts(values)}) as looked_for(part) where strpos(${text}, part) > 0)`
    : sql`coalesce(${text} in (${texts(values)}), false)`;

/** One of the values that the product or a variant of it has for the attribute, in any language. */
const attributeSql = (condition: RuleCondition): SQL => sql`exists (
  select 1 from (
    select f.attributes -> ${condition.attribute}::text union all select v.attributes -> ${condition.attribute}::text from unnest(f.variant_attributes) as v(attributes)) as held(kept)
  cross join lateral (
    select jsonb_path_query(held.kept, '$[*] ? (@.type() != "object")') union all select jsonb_path_query(held.kept, '$.*[*]')) as each(value)
  where ${valueSql(condition)})`;

/** Numbers are compared as numbers, dates in their order, everything else as it is written. */
function valueSql({ relation, values, ...condition }: RuleCondition): SQL {
  const text = sql`each.value #>> '{}'`;
  if (relation === 'CONTAINS')
    return sql`jsonb_typeof(each.value) = 'string' and ${textSql(text, { ...condition, relation, values })}`;
  const numbers = values.filter((value) => A_NUMBER.test(value)).map((value) => String(Number(value)));
  if (relation === 'IS')
    return sql`case jsonb_typeof(each.value) when 'number' then (${text})::numeric in (select jsonb_array_elements_text(${JSON.stringify(numbers)}::jsonb)::numeric)
      else ${text} in (${texts(values)}) end`;
  const compared = comparison({ ...condition, relation, values });
  if (numbers.length > 0)
    return sql`case jsonb_typeof(each.value) when 'number' then (${text})::numeric ${compared} ${numbers[0]}::numeric else false end`;
  const [date = ''] = values;
  return A_DATE.test(date)
    ? sql`jsonb_typeof(each.value) = 'string' and ${text} ~ '^\\d{4}-\\d\\d-\\d\\d$' and (${text}) collate "C" ${compared} ${date}`
    : sql`false`;
}
