import { startRecurring } from '@kontor/kit/src/recurring.ts';
import type { SubgraphDeps } from '@kontor/kit/src/subgraph.ts';
import { startHoldSweeper } from './commands/accounts/sweep-holds.ts';
import { startLoyaltyClock } from './commands/loyalty/loyalty-clock.ts';
import { startKeyWork, type KeyDeps } from './commands/keys/key-deps.ts';
import type { CheckpointSigner } from './commands/audit/checkpoint-signer.ts';
import { startEvaluation } from './commands/profile/evaluate-segments.ts';
import { startForgettingInvitations } from './commands/companies/forget-invitations.ts';
import { startForgetting } from './commands/profile/forget-unverified.ts';
import { advanceRequests } from './commands/privacy/advance-requests.ts';
import type { PrivacyDeps } from './commands/privacy/privacy-deps.ts';
import type { Signing } from './commands/signing/signing.ts';
import { startSigningUpkeep } from './commands/signing/upkeep.ts';
import { mailSettings, type IdentityOptions } from './identity-options.ts';

const CHECKPOINT_MS = 60_000;
const PRIVACY_MS = 1_000;

/** Whose work it is. */
interface Background {
  readonly signer: CheckpointSigner;
  readonly privacy: PrivacyDeps;
  readonly keys: KeyDeps;
  readonly signing: Signing;
}

/** Starts what runs beside requests. @returns how to stop it, after what is under way. */
export function startBackground(
  deps: SubgraphDeps & IdentityOptions,
  { signer, privacy, keys, signing }: Background,
): () => Promise<void> {
  const { db, logger } = deps;
  const stops: (() => Promise<void>)[] = [
    startHoldSweeper(db, logger),
    startLoyaltyClock(db, logger),
    startKeyWork(keys, logger),
    startEvaluation(deps.db, logger),
    startForgetting(deps.db, logger),
    startForgettingInvitations(db, logger),
    startSigningUpkeep(signing, mailSettings(deps), logger),
    startRecurring({
      work: () => signer.signWhenDue(),
      everyMs: CHECKPOINT_MS,
      logger,
      onFailure: 'the audit log could not be signed',
    }),
    startRecurring({
      work: (isStopping) => advanceRequests(privacy, isStopping),
      everyMs: PRIVACY_MS,
      logger,
      onFailure: 'requests of privacy wait',
    }),
  ];
  return async () => {
    for (const stop of stops) await stop();
  };
}
