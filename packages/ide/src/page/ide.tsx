import { explorerPlugin } from '@graphiql/plugin-explorer';
import { GraphiQL, HISTORY_PLUGIN } from 'graphiql';
import { useEffect, useMemo, useState } from 'react';
import { createPortal } from 'react-dom';
import type { IdeExample, IdeOptions } from '../options.ts';
import { ExampleMenu } from './example-menu.tsx';
import { connect } from './fetcher.ts';
import { KeyMenu, rememberedChoice } from './key-menu.tsx';
import { planPlugin } from './plan-plugin.tsx';
import { createPlanStore } from './plan-store.ts';
import { scopedStorage } from './storage.ts';

const plans = createPlanStore();
const plugins = [HISTORY_PLUGIN, explorerPlugin()];
const pluginsWithPlans = [...plugins, planPlugin(plans)];

/** GraphiQL for one service, with a bar above it: whose page this is, the examples, and whom to act as. */
export function Ide({ options, bar }: { options: IdeOptions; bar: HTMLElement }) {
  const storage = useMemo(() => scopedStorage(options.graphqlPath), [options]);
  const [key, setKey] = useState(
    () => options.keys[Number(rememberedChoice(options.keys, options.guests, storage))]?.key,
  );
  // A new fetcher makes GraphiQL read the schema again, as the new identity.
  const connection = useMemo(() => connect(options.graphqlPath, key, plans), [options, key]);
  useEffect(() => () => connection.close(), [connection]);
  const examples = useMemo(() => options.examples.map(withTitle), [options]);
  const firstVisit = useMemo(() => firstVisitTabs(examples, storage), [examples, storage]);
  return (
    <GraphiQL
      fetcher={connection.fetcher}
      storage={storage as Storage}
      plugins={options.plans ? pluginsWithPlans : plugins}
      defaultEditorToolsVisibility="variables"
      inputValueDeprecation
      {...firstVisit}
    >
      <GraphiQL.Logo>{null}</GraphiQL.Logo>
      {createPortal(
        <>
          <h1>{options.title}</h1>
          <ExampleMenu examples={examples} />
          <KeyMenu keys={options.keys} guests={options.guests} storage={storage} onChange={setKey} />
        </>,
        bar,
      )}
    </GraphiQL>
  );
}

/** The title as a first comment: a tab shows only the name of its operation. */
function withTitle(example: IdeExample): IdeExample {
  return example.query.startsWith('#') ? example : { ...example, query: `# ${example.title}\n${example.query}` };
}

/** The examples as tabs, unless the visitor has tabs of their own already. */
function firstVisitTabs(examples: IdeExample[], storage: Storage | null) {
  const [first] = examples;
  if (!first || storage?.getItem('graphiql:tabState')) return {};
  const defaultTabs = examples.map(({ query, variables }) => ({ query, variables: variables ?? null }));
  // GraphiQL fills its editors from the initial values only, not from the first of the default tabs.
  return { defaultTabs, initialQuery: first.query, initialVariables: first.variables ?? '' };
}
