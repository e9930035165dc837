import { parseType, Kind, type TypeNode } from 'graphql';
import { topLevelNames } from './generate/presence.ts';
import { namedIn, type FieldModel, type Model } from './generate/model.ts';
import type { Answer } from './subjects/subject.ts';

/** A case in which the stock gateway does not answer what the specification says. */
export interface Situation {
  readonly model: Model;
  readonly document: string;
  readonly stock: Answer;
  readonly truth: Answer;
  /** In what the two differ, as `differences` tells it. */
  readonly found: readonly string[];
}

/** Why the stock gateway may differ from the specification, and we do not follow it. */
export interface Explanation {
  readonly name: string;
  /** Of the GraphQL specification, October 2021, or of Apollo Federation. */
  readonly source: string;
  readonly reason: string;
  explains(situation: Situation): boolean;
}

export const EXPLANATIONS: readonly Explanation[] = [
  {
    name: 'all operations of a document are planned as one',
    source: 'GraphQL 6.1 Executing Requests, GetOperation',
    reason: 'The fragments of the other operations are validated with the variables of the chosen one, and refused.',
    explains: ({ stock, document }) => says(stock, /Invalid value .* for argument/) && /operation1/i.test(document),
  },
  {
    name: 'introspection below a condition is planned',
    source: 'GraphQL 4.1 Schema Introspection',
    reason: 'The planner asks the subgraphs for `__schema` and `__type` in fragments, and finds none that has them.',
    explains: ({ stock }) => says(stock, /Was not able to find any options for (\w+: )?__(schema|type)/),
  },
  {
    name: 'fragments that can never apply are refused',
    source: 'GraphQL 6.3.2 Field Collection',
    reason:
      'Within fragments, the planner refuses a fragment whose condition no object there can meet. It selects nothing.',
    explains: ({ stock }) => says(stock, /Cannot add fragment of condition/),
  },
  {
    name: 'nulls of its own making are not errors',
    source: 'GraphQL 6.4.4 Handling Field Errors',
    reason:
      'Where data do not fit the schema, the gateway tells it in an extension, and not even there when another error occurred. ' +
      'The specification wants a field error for each.',
    explains: ({ found }) => found.every((line) => line.startsWith('no error for the null')),
  },
  {
    name: 'fragments that narrow an interface are lost',
    source: 'GraphQL 6.3.2 Field Collection, DoesFragmentTypeApply',
    reason:
      'Shaping an object without `__typename`, the gateway takes the condition of the outer fragment for its type, so that an inner ' +
      'fragment on that very object type does not apply. The runtime type decides.',
    explains: ({ stock, truth, document }) => document.includes('...') && leavesOut(stock.data, truth.data),
  },
  {
    name: 'lists of lists are not sent with a representation',
    source: 'Apollo Federation, @requires',
    reason: 'The gateway makes an empty object of each inner list, so that the subgraph computes from something else.',
    explains: ({ model, document }) =>
      requiringFields(model).some(
        ({ field, needed }) =>
          selects(document, field.name) && needed.some(({ type }) => isNestedList(parseType(type))),
      ),
  },
  {
    name: 'lists of lists of two subgraphs are not merged',
    source: 'Apollo Federation, @shareable',
    reason:
      'Where two subgraphs give parts of the same objects, the inner lists of the one replace those of the other.',
    explains: ({ model, document }) =>
      [...model.objects.get('Query')!.fields.values()].some(
        ({ name, type, owners }) => owners.size > 1 && isNestedList(parseType(type)) && selects(document, name),
      ),
  },
  {
    name: 'a required field is mixed up with the same field under other arguments',
    source: 'GraphQL 5.3.2 Field Selection Merging; Apollo Federation, @requires',
    reason:
      'The planner adds what is required under its own name. With other arguments than the client gave, one of the two is lost, or ' +
      'both stand in one operation, which is invalid.',
    explains: ({ model, document }) =>
      requiringFields(model).some(
        ({ field, needed }) =>
          needed.some(({ args }) => args.length > 0) && [field, ...needed].some(({ name }) => selects(document, name)),
      ),
  },
  {
    name: 'objects of an interface object have no type',
    source: 'Apollo Federation, @interfaceObject',
    reason:
      'A subgraph that knows an interface as one type cannot tell the runtime type. The gateway then loses the object, or sends ' +
      'a reference without a key.',
    explains: ({ model, document, stock }) =>
      model.interfaces.has('Media') &&
      selectsType(model, document, 'Media') &&
      (stock.data === null || says(stock, /No key of Media/)),
  },
  {
    name: 'mutation fields are carried out twice or in another order',
    source: 'GraphQL 6.2.2 Mutation, 6.3.2 Field Collection',
    reason:
      'Fields are carried out in the order in which they are first collected, those with one response key once. The planner puts ' +
      'what stands in fragments elsewhere, and keeps fields apart when their directives differ.',
    explains: ({ document, found }) =>
      /\bmutation\b/.test(document) && /@(skip|include)|\.\.\./.test(document) && found[0]!.startsWith('data'),
  },
  {
    name: 'what depends on conditions takes its neighbours with it',
    source: 'GraphQL 3.13.1 @skip, 6.3.2 Field Collection',
    reason:
      'The planner leaves out an object all of whose fields are excluded by nested conditions, and sends no representation for a ' +
      'field when what its conditional neighbour requires is missing.',
    explains: ({ document }) => (document.match(/@(skip|include)\(if: \$/g) ?? []).length >= 2,
  },
];

const says = ({ errors }: Answer, pattern: RegExp): boolean => errors.some(({ message }) => pattern.test(message));

const selects = (document: string, name: string): boolean => new RegExp(`[{}: ]${name}[^\\w:]`).test(document);

function requiringFields({ objects }: Model): { field: FieldModel; needed: FieldModel[] }[] {
  return [...objects.values()].flatMap(({ fields }) =>
    [...fields.values()].flatMap((field) =>
      field.requires === undefined
        ? []
        : [{ field, needed: topLevelNames(field.requires).map((name) => fields.get(name)!) }],
    ),
  );
}

const selectsType = ({ objects }: Model, document: string, name: string): boolean =>
  [...objects.values()].some(({ fields }) =>
    [...fields.values()].some((field) => namedIn(field.type) === name && selects(document, field.name)),
  );

const isNestedList = (type: TypeNode, depth = 0): boolean => {
  if (type.kind === Kind.NAMED_TYPE) return depth > 1;
  return isNestedList(type.type, type.kind === Kind.LIST_TYPE ? depth + 1 : depth);
};

/** Whether something is what it should be but for fields that are missing in it. */
function leavesOut(value: unknown, whole: unknown): boolean {
  if (typeof value !== 'object' || typeof whole !== 'object' || value === null || whole === null)
    return value === whole;
  if (Array.isArray(value))
    return (
      Array.isArray(whole) && value.length === whole.length && value.every((item, at) => leavesOut(item, whole[at]))
    );
  return Object.entries(value).every(
    ([key, inner]) => Object.hasOwn(whole, key) && leavesOut(inner, (whole as Record<string, unknown>)[key]),
  );
}
