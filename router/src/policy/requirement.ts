import type { Caller } from '@kontor/kit/src/auth/caller.ts';
import { hasScope } from '@kontor/kit/src/auth/policy.ts';

/** One condition of an authorization directive. The outer list of names is an OR, the inner lists are ANDs. */
export type Clause =
  | { readonly kind: 'authenticated'; readonly key: string }
  | {
      readonly kind: 'scopes' | 'policies';
      readonly anyOf: readonly (readonly string[])[];
      /** The same for clauses that mean the same. */
      readonly key: string;
    };

/** What a caller must fulfil, all of it; empty for what is open to everybody. */
export type Requirement = readonly Clause[];

/** Decides whether a caller fulfils a named policy of `@policy`. */
export type PolicyPort = (name: string, caller: Caller) => boolean;

/** Somebody who signed in or came with a key. */
export const AUTHENTICATED: Clause = { kind: 'authenticated', key: 'authenticated' };

/**
 * The clause of a directive, or undefined when it demands nothing: by the federation specifications a list without
 * alternatives and an alternative without names are always fulfilled.
 */
export function clauseOf(kind: 'scopes' | 'policies', anyOf: readonly (readonly string[])[]): Clause | undefined {
  if (anyOf.length === 0 || anyOf.some((names) => names.length === 0)) return undefined;
  const normal = anyOf.map((names) => [...new Set(names)].sort());
  const key = `${kind}:${JSON.stringify(normal.sort((a, b) => (JSON.stringify(a) < JSON.stringify(b) ? -1 : 1)))}`;
  return { kind, anyOf: normal, key };
}

/** All clauses of several requirements, each once, in the order of their first appearance. */
export function allOf(requirements: Iterable<Requirement>): Requirement {
  const clauses = new Map<string, Clause>();
  for (const requirement of requirements) for (const clause of requirement) clauses.set(clause.key, clause);
  return [...clauses.values()];
}

/** Whether a caller fulfils a clause. Services act for everybody and fulfil all of them. */
export function isMet(clause: Clause, caller: Caller, policies: PolicyPort): boolean {
  if (caller.role === 'service') return true;
  if (clause.kind === 'authenticated') return caller.role !== 'guest';
  return clause.anyOf.some((names) => names.every((name) => holds(clause.kind, name, caller, policies)));
}

const holds = (kind: 'scopes' | 'policies', name: string, caller: Caller, policies: PolicyPort): boolean =>
  kind === 'scopes' ? hasScope(caller, name) : policies(name, caller);
