import type { GraphiQLPlugin } from '@graphiql/react';
import { useEffect, useSyncExternalStore } from 'react';
import type { PlanStore } from './plan-store.ts';
import type { ToldFetch } from './told-plan.ts';

/** A panel with the plan of the last operation. While it is open, every operation asks for its plan. */
export function planPlugin(store: PlanStore): GraphiQLPlugin {
  return { title: 'Query plan', icon: PlanIcon, content: () => <PlanPanel store={store} /> };
}

function PlanPanel({ store }: { store: PlanStore }) {
  useEffect(() => store.ask(), [store]);
  const plan = useSyncExternalStore(store.onChange, () => store.latest);
  return (
    <section id="ide-plan" aria-label="Query plan">
      <h2>Query plan</h2>
      {plan ? (
        <>
          <Waterfall fetches={plan.fetches} />
          <pre>{plan.text}</pre>
        </>
      ) : (
        <p>Run an operation to see which services it asks, in which order, and how long each takes.</p>
      )}
    </section>
  );
}

/** A bar for each request to a service, on a common scale. */
function Waterfall({ fetches }: { fetches: ToldFetch[] }) {
  const endMs = Math.max(...fetches.map((fetch) => fetch.endMs));
  return (
    <ol>
      {fetches.map(({ subgraph, startMs, endMs: ended, representations, shared, errors }, index) => (
        <li key={index} className={errors > 0 ? 'failed' : undefined}>
          <span>
            {subgraph}
            {representations > 0 && ` × ${representations}`}
            {shared && ', shared'}
            {errors > 0 && `, ${errors} failed`}
          </span>
          <span>
            <i style={{ marginLeft: share(startMs, endMs), width: share(ended - startMs, endMs) }} />
          </span>
          <span>{(ended - startMs).toFixed(1)} ms</span>
        </li>
      ))}
    </ol>
  );
}

const share = (part: number, whole: number): string => `${whole > 0 ? (100 * part) / whole : 0}%`;

function PlanIcon() {
  return (
    <svg viewBox="0 0 20 20" fill="none" stroke="currentColor" strokeWidth="1.5" aria-hidden>
      <path d="M2 4h7M6 10h8M11 16h7" strokeLinecap="round" />
      <path d="M9 4v6M14 10v6" strokeDasharray="1.5 1.5" />
    </svg>
  );
}
