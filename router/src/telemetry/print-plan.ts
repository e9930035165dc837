import { parse, print } from 'graphql';
import type { DescribedFetch, DescribedNode } from './describe-plan.ts';
import type { FetchTiming } from './plan-report.ts';

/** Writes a plan for people: what is asked of whom, in which order, and how long it took. */
export function printPlan(node: DescribedNode | null): string {
  return node === null ? 'Nothing had to be asked.\n' : `${linesOf(node).join('\n')}\n`;
}

function linesOf(node: DescribedNode): string[] {
  switch (node.kind) {
    case 'Fetch':
      return linesOfFetch(node);
    case 'Sequence':
    case 'Parallel':
      return block(node.kind, node.nodes.flatMap(linesOf));
    case 'Flatten':
      return block(`Flatten ${node.path}`, maybe(node.node));
    case 'Subscription':
      return block('Subscription', [...linesOf(node.primary), ...maybe(node.rest)]);
    case 'Condition':
      return [
        ...(node.then ? block(`If $${node.variable}`, linesOf(node.then)) : []),
        ...(node.otherwise ? block(`If not $${node.variable}`, linesOf(node.otherwise)) : []),
      ];
  }
}

const maybe = (node: DescribedNode | null): string[] => (node ? linesOf(node) : []);

const block = (head: string, lines: readonly string[]): string[] => [`${head} {`, ...lines.map(indented), '}'];

const indented = (line: string): string => (line === '' ? line : `  ${line}`);

function linesOfFetch({ subgraph, operation, requires, timings }: DescribedFetch): string[] {
  const told = timings.length === 0 ? ['# not sent'] : timings.map((timing) => `# ${timingText(timing)}`);
  const needs = requires === null ? [] : [`${requires} =>`];
  return block(`Fetch ${subgraph}`, [...told, ...needs, ...print(parse(operation)).split('\n')]);
}

function timingText({ startMs, endMs, representations, shared, errors }: FetchTiming): string {
  const took = `${(endMs - startMs).toFixed(2)} ms, from ${startMs.toFixed(2)} to ${endMs.toFixed(2)}`;
  return [
    took,
    ...(representations > 0 ? [counted(representations, 'entity', 'entities')] : []),
    ...(shared ? ['shared with another request'] : []),
    ...(errors > 0 ? [counted(errors, 'error', 'errors')] : []),
  ].join('; ');
}

const counted = (count: number, one: string, more: string): string => `${count} ${count === 1 ? one : more}`;
