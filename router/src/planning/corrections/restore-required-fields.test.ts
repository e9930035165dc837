import type { FetchNode } from '@apollo/query-planner';
import { OperationTypeNode, parse } from 'graphql';
import { describe, expect, test } from 'vitest';
import { separateRequiredFields } from './required-fields.ts';
import { restoreRequiredFields } from './restore-required-fields.ts';

const FIELDS = separateRequiredFields(
  parse(`
    enum join__Graph { SHIP @join__graph(name: "shipping", url: "") }
    type Product {
      id: ID!
      price(currency: String): Int
      category: Category
      feeUsd(a: Int): Int @join__field(graph: SHIP, requires: "price(currency: \\"USD\\")")
      feeEur(a: Int): Int @join__field(graph: SHIP, requires: "price(currency: \\"EUR\\") category { rank(of: 1) }")
      plain: Int
    }
    type Category { rank(of: Int): Int }`),
);

const fetchOf = (operation: string, rest: Partial<FetchNode> = {}): FetchNode => ({
  kind: 'Fetch',
  serviceName: 'shipping',
  operation,
  operationName: undefined,
  operationKind: OperationTypeNode.QUERY,
  ...rest,
});
const field = (name: string, selections?: NonNullable<FetchNode['requires']>) => ({
  kind: 'Field' as const,
  name,
  ...(selections && { selections }),
});

describe('a fetch of added fields', () => {
  test('asks for the real ones under the added names', () => {
    expect(
      restoreRequiredFields(
        fetchOf('{products{price(currency:"EUR") _required_0_price(currency:"USD") category{_required_2_rank(of:1)}}}'),
        FIELDS,
      ).map(({ operation }) => operation),
    ).toEqual([
      '{products{price(currency:"EUR")_required_0_price:price(currency:"USD")category{_required_2_rank:rank(of:1)}}}',
    ]);
  });

  test('keeps an alias that the planner made', () => {
    const [{ operation }] = restoreRequiredFields(
      fetchOf('{products{other:_required_0_price(currency:"USD")}}'),
      FIELDS,
    );
    expect(operation).toBe('{products{other:price(currency:"USD")}}');
  });

  test('is the same object when it has none', () => {
    const fetch = fetchOf('{products{price(currency:"EUR")}}', {
      requires: [{ kind: 'InlineFragment', typeCondition: 'Product', selections: [field('id')] }],
    });
    const [same, ...others] = restoreRequiredFields(fetch, FIELDS);
    expect(same).toBe(fetch);
    expect(others).toEqual([]);
  });
});

describe('a fetch whose representations have added fields', () => {
  const requires: FetchNode['requires'] = [
    {
      kind: 'InlineFragment',
      typeCondition: 'Product',
      selections: [
        field('__typename'),
        field('id'),
        field('_required_0_price'),
        field('_required_1_price'),
        field('category', [field('_required_2_rank')]),
      ],
    },
  ];
  const setter = { kind: 'ValueSetter' as const, path: ['... on Product', '__typename'], setValueTo: 'Product' };

  test('gives them under their real names, inner ones first', () => {
    const [{ inputRewrites }] = restoreRequiredFields(
      fetchOf('query($representations:[_Any!]!){_entities(representations:$representations){...on Product{feeEur}}}', {
        requires,
        inputRewrites: [setter],
      }),
      FIELDS,
    );
    expect(inputRewrites).toEqual([
      setter,
      { kind: 'KeyRenamer', path: ['_required_0_price'], renameKeyTo: 'price' },
      { kind: 'KeyRenamer', path: ['_required_1_price'], renameKeyTo: 'price' },
      { kind: 'KeyRenamer', path: ['category', '_required_2_rank'], renameKeyTo: 'rank' },
    ]);
  });

  test('becomes one for each value of a slot, with the variables that it uses', () => {
    const parts = restoreRequiredFields(
      fetchOf(
        'query($representations:[_Any!]!,$a:Int,$b:Int){_entities(representations:$representations){...on Product{plain feeUsd(a:$a)...on Product@include(if:true){feeEur(a:$b)x:feeUsd}}}}',
        { requires, variableUsages: ['a', 'b'] },
      ),
      FIELDS,
    );
    expect(parts.map(({ operation, variableUsages }) => ({ operation, variableUsages }))).toEqual([
      {
        operation:
          'query($representations:[_Any!]!$a:Int){_entities(representations:$representations){...on Product{plain feeUsd(a:$a)...on Product@include(if:true){x:feeUsd}}}}',
        variableUsages: ['a'],
      },
      {
        operation:
          'query($representations:[_Any!]!$b:Int){_entities(representations:$representations){...on Product{...on Product@include(if:true){feeEur(a:$b)}}}}',
        variableUsages: ['b'],
      },
    ]);
    expect(parts.map(({ requires: [first] = [] }) => first)).toEqual([
      {
        kind: 'InlineFragment',
        typeCondition: 'Product',
        selections: [field('__typename'), field('id'), field('_required_0_price')],
      },
      {
        kind: 'InlineFragment',
        typeCondition: 'Product',
        selections: [
          field('__typename'),
          field('id'),
          field('_required_1_price'),
          field('category', [field('_required_2_rank')]),
        ],
      },
    ]);
  });
});
