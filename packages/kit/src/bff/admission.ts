import { defaultFieldResolver, type GraphQLFieldResolver, type GraphQLSchema } from 'graphql';
import type { Caller } from '../auth/caller.ts';
import { scopeOf } from '../auth/policy.ts';
import { requestFault } from '../errors.ts';
import type { BaseContext } from '../graph/engine.ts';

/**
 * Who may come in without a credential: everybody; nobody; or whoever is about to get one, who may use the fields that begin or go on with
 * a session and nothing else.
 */
export type Guests = boolean | 'to-sign-in';

/** What else a caller must be to use a root field, such as `Query.lookup`. @throws GraphQLError FORBIDDEN */
export type Admit = (caller: Caller, coordinate: string) => void;

/** Scopes of the fields that are there for somebody who has no credential yet, or none that is still good. */
const TO_SIGN_IN: ReadonlySet<string | undefined> = new Set(['sign-in', 'session-refresh']);

/**
 * Asks before every root field of a channel's graph whether the caller may be there at all, ahead of the policy table if that was
 * written into the schema before.
 * @returns the schema, whose fields were wrapped.
 */
export function enforceAdmission(schema: GraphQLSchema, guests: Guests, admit: Admit = () => undefined): GraphQLSchema {
  const check = (caller: Caller, coordinate: string): void => {
    if (guests === 'to-sign-in' && caller.role === 'guest' && !TO_SIGN_IN.has(scopeOf(coordinate)))
      throw requestFault('UNAUTHENTICATED', 'Sign in first, and send the header `Authorization: Bearer TOKEN`.');
    admit(caller, coordinate);
  };
  const guarded =
    (
      coordinate: string,
      inner: GraphQLFieldResolver<unknown, BaseContext>,
    ): GraphQLFieldResolver<unknown, BaseContext> =>
    (source, args, ctx, info) => {
      check(ctx.caller, coordinate);
      return inner(source, args, ctx, info);
    };
  for (const type of [schema.getQueryType(), schema.getMutationType(), schema.getSubscriptionType()])
    for (const field of Object.values(type?.getFields() ?? {})) {
      const coordinate = `${type!.name}.${field.name}`;
      // An event of a subscription is resolved for whoever was let in when it was made.
      if (field.subscribe) field.subscribe = guarded(coordinate, field.subscribe);
      else field.resolve = guarded(coordinate, field.resolve ?? defaultFieldResolver);
    }
  return schema;
}
