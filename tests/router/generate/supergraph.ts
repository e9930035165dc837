import { addEntityInterface, addInterfaceObject, addUnions, addValueInterface } from './abstract-types.ts';
import { addProvides, addRequires } from './dependencies.ts';
import type { Draft } from './draft.ts';
import { addEntities, addMishaps } from './entities.ts';
import { addEntityFields, addOverrides, addRoots, addValueFields } from './fields.ts';
import { addInputs, addValueTypes } from './leaf-types.ts';
import type { Model } from './model.ts';
import { settleOwners } from './presence.ts';
import { createRandom } from './random.ts';

const SUBGRAPHS = ['alpha', 'beta', 'gamma', 'delta', 'epsilon'] as const;

/**
 * A made-up federation of two to five subgraphs that compose, the same for the same seed. Whichever subgraph is asked for
 * a value gives the same one, so that all correct plans of a document have the same answer.
 */
export function generateModel(seed: number): Model {
  const random = createRandom(seed);
  const draft: Draft = {
    seed,
    random,
    subgraphs: SUBGRAPHS.slice(0, random.between(2, SUBGRAPHS.length)),
    enums: new Map(),
    inputs: new Map(),
    objects: new Map(),
    interfaces: new Map(),
    unions: new Map(),
    pools: new Map(),
  };
  addInputs(draft);
  addValueTypes(draft);
  addEntities(draft);
  addInterfaceObject(draft);
  addEntityInterface(draft);
  addValueInterface(draft);
  addUnions(draft);
  addEntityFields(draft);
  addValueFields(draft);
  addRoots(draft);
  addRequires(draft);
  addProvides(draft);
  addOverrides(draft);
  addMishaps(draft);
  settleOwners(draft);
  return draft;
}
