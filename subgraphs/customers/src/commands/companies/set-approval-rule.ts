import type { Caller } from '@kontor/kit/src/auth/caller.ts';
import { brokenConstraint, inTransaction, type Database, type Tx } from '@kontor/kit/src/database.ts';
import { invalidInput, notFound, versionConflict } from '@kontor/kit/src/errors.ts';
import { isId, newId } from '@kontor/kit/src/ids.ts';
import { countRules, findApprovers, findRule, writeRule } from '../../data/companies/approval-rules.ts';
import { lockCompany } from '../../data/companies/companies.ts';
import { isLocationOf } from '../../data/companies/locations.ts';
import { APPROVAL_LIMITS, definitionFault, type ApprovalRule } from '../../domain/companies/approval-rule.ts';
import { mayManage, whoIs } from './may-manage.ts';
import { readDefinition, type DefinitionInput } from './read-approval-rule.ts';
import { orRefused, RefusedChange } from './refused-change.ts';

/** Which rule, and what it becomes. */
export interface SetApprovalRule extends DefinitionInput {
  readonly companyId: string;
  /** Unique in the company. */
  readonly code: string;
  /** Absent for a new one. */
  readonly ruleId?: string | null | undefined;
  /** Null: for orders of all locations. */
  readonly companyLocationId?: string | null | undefined;
  /** Null or absent when it does not matter. */
  readonly expectedVersion?: number | null | undefined;
}

/** Which rule is switched on or off. */
export interface SwitchApprovalRule {
  readonly ruleId: string;
  readonly expectedVersion?: number | null | undefined;
}

export type ApprovalRuleOutcome =
  | { readonly __typename: 'ApprovalRuleSet'; readonly rule: ApprovalRule }
  | ReturnType<typeof invalidInput>
  | ReturnType<typeof notFound>
  | ReturnType<typeof versionConflict>;

const CODE = /^[A-Za-z0-9][A-Za-z0-9_.-]{0,49}$/;
const refuse = (outcome: ApprovalRuleOutcome) => new RefusedChange<ApprovalRuleOutcome>(outcome);
const noRule = () => refuse(notFound('There is no such rule.', ['input', 'ruleId']));
const noCompany = () => refuse(notFound('There is no such company.', ['input', 'companyId']));

/**
 * Makes a rule, which is off, or a new version of one, which stays on or off; for administrators of the company and staff. What it was
 * before is kept. Orders that are decided at the same time see the one or the other.
 */
export async function setApprovalRule(
  db: Database,
  caller: Caller,
  input: SetApprovalRule,
): Promise<ApprovalRuleOutcome> {
  const { companyId, code } = input;
  if (!isId(companyId)) return noCompany().outcome;
  if (!CODE.test(code))
    return invalidInput('INVALID_CODE', 'A code has 1 to 50 letters, digits, dashes, dots and underscores.', [
      'input',
      'code',
    ]);
  const definition = readDefinition(input);
  const fault = definitionFault(definition);
  if (fault) return invalidInput('INVALID_RULE', fault.message, ['input', ...fault.path]);
  const write = async (tx: Tx): Promise<ApprovalRuleOutcome> => {
    if (!(await lockCompany(tx, companyId)) || !(await mayManage(tx, caller, companyId.toLowerCase())))
      throw noCompany();
    const before = await findVersioned(tx, input, companyId.toLowerCase());
    await checkReferences(
      tx,
      input,
      definition.tiers.flatMap(({ customerIds }) => customerIds),
    );
    if (!before && (await countRules(tx, companyId)) >= APPROVAL_LIMITS.rules)
      throw refuse(invalidInput('TOO_MANY_RULES', `A company has at most ${APPROVAL_LIMITS.rules} rules.`));
    const rule = {
      id: before?.id ?? newId(),
      companyId: companyId.toLowerCase(),
      companyLocationId: input.companyLocationId ?? null,
      code,
      isActive: before?.isActive ?? false,
      version: (before?.version ?? 0) + 1,
      definition,
    };
    return { __typename: 'ApprovalRuleSet', rule: await writeRule(tx, rule, whoIs(caller)) };
  };
  try {
    return await orRefused(inTransaction(db, write));
  } catch (error) {
    if (brokenConstraint(error) !== 'approval_rules_code') throw error;
    return invalidInput('CODE_TAKEN', 'Another rule of the company has this code.', ['input', 'code']);
  }
}

/** The rule that is changed; null for a new one. The company is locked. @throws RefusedChange */
async function findVersioned(
  tx: Tx,
  { ruleId, expectedVersion }: Pick<SetApprovalRule, 'ruleId' | 'expectedVersion'>,
  companyId: string,
): Promise<ApprovalRule | null> {
  if (ruleId == null) return null;
  const rule = isId(ruleId) ? await findRule(tx, ruleId) : null;
  if (rule?.companyId !== companyId) throw noRule();
  if (expectedVersion != null && expectedVersion !== rule.version)
    throw refuse(versionConflict('The rule', rule.version));
  return rule;
}

/** That the location and the named people belong to the company. @throws RefusedChange */
async function checkReferences(
  tx: Tx,
  { companyId, companyLocationId }: SetApprovalRule,
  named: readonly string[],
): Promise<void> {
  if (companyLocationId != null && !(isId(companyLocationId) && (await isLocationOf(tx, companyId, companyLocationId))))
    throw refuse(notFound('The company has no such location.', ['input', 'companyLocationId']));
  const members = new Set((await findApprovers(tx, companyId, named.filter(isId))).map(({ customerId }) => customerId));
  if (named.some((customerId) => !members.has(customerId)))
    throw refuse(invalidInput('NOT_A_MEMBER', 'Only members of the company can be named.', ['input', 'tiers']));
}

/** Switches a rule on or off, for administrators of the company and staff; a rule that is so already stays as it is. */
export async function switchApprovalRule(
  db: Database,
  caller: Caller,
  { ruleId, expectedVersion }: SwitchApprovalRule,
  isActive: boolean,
): Promise<ApprovalRuleOutcome> {
  if (!isId(ruleId)) return noRule().outcome;
  const write = async (tx: Tx): Promise<ApprovalRuleOutcome> => {
    const known = await findRule(tx, ruleId);
    if (!known) throw noRule();
    await lockCompany(tx, known.companyId);
    if (!(await mayManage(tx, caller, known.companyId))) throw noRule();
    const rule = (await findVersioned(tx, { ruleId, expectedVersion }, known.companyId))!;
    if (rule.isActive === isActive) return { __typename: 'ApprovalRuleSet', rule };
    const { changedAt: _, ...before } = rule;
    const changed = { ...before, isActive, version: rule.version + 1 };
    return { __typename: 'ApprovalRuleSet', rule: await writeRule(tx, changed, whoIs(caller)) };
  };
  return orRefused(inTransaction(db, write));
}
