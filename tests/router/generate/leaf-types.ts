import { addField, addObject, leafName, someArguments, wrapped, type Draft } from './draft.ts';
import { isRequired } from './model.ts';

const COLORS = ['RED', 'GREEN', 'BLUE', 'GREY'] as const;

/** Enums and input objects, the same in each subgraph that uses them. */
export function addInputs({ random, enums, inputs }: Draft): void {
  for (let index = 0; index < random.between(1, 2); index += 1) {
    const values = COLORS.slice(0, random.between(2, 4)).map((color) => `${color}_${index}`);
    const inaccessible = random.chance(0.4) ? `HIDDEN_${index}` : undefined;
    enums.set(`Color${index}`, { values, inaccessible });
  }
  const [color = ''] = enums.keys();
  inputs.set('Range', {
    fields: [
      { name: 'low', type: 'Int', defaultValue: '0' },
      { name: 'high', type: 'Int!' },
    ],
  });
  inputs.set('Filter', {
    fields: [
      { name: 'text', type: 'String' },
      { name: 'color', type: color, defaultValue: enums.get(color)!.values[1]! },
      { name: 'range', type: 'Range', defaultValue: '{ high: 7 }' },
      { name: 'ranges', type: '[Range!]' },
      { name: 'not', type: 'Filter' },
    ],
  });
}

/**
 * Object types without a key. Each is whole in each subgraph that uses it. Only nullable fields of theirs fail, so that
 * what is required through one of them is never lost with its neighbours.
 */
export function addValueTypes(draft: Draft): void {
  const { random } = draft;
  const tag = addObject(draft, 'Tag');
  addField(tag, 'code', { type: 'String!', owners: [] });
  addField(tag, 'note', { type: 'String', owners: [] });
  const parts = random.between(1, 3);
  for (let index = 0; index < parts; index += 1) addPart(draft, `Part${index}`, index > 0 ? `Part${index - 1}` : 'Tag');
  if (random.chance(0.5)) addPart(draft, 'Secret', 'Tag', true);
}

function addPart(draft: Draft, name: string, inner: string, isInaccessible = false): void {
  const { random } = draft;
  const part = addObject(draft, name, { isInaccessible });
  addField(part, 'label', { type: 'String', owners: [] });
  const fields = random.between(2, 3);
  for (let index = 0; index < fields; index += 1) {
    const type = wrapped(draft, leafName(draft));
    const isFaulty = !isRequired(type) && random.chance(0.25);
    addField(part, `${name.toLowerCase()}Leaf${index}`, { type, owners: [], args: someArguments(draft), isFaulty });
  }
  if (random.chance(0.7)) addField(part, 'inner', { type: wrapped(draft, inner), owners: [] });
}
