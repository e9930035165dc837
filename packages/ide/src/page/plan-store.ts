import type { ToldPlan } from './told-plan.ts';

/** Whether plans are asked for, and the last that was told: shared by the fetcher and the panel. */
export interface PlanStore {
  readonly asked: boolean;
  readonly latest: ToldPlan | undefined;
  /** From now on the plan is asked for, until the function that is returned is called. */
  ask(): () => void;
  tell(plan: ToldPlan | undefined): void;
  /** @returns how to stop listening. */
  readonly onChange: (listener: () => void) => () => void;
}

export function createPlanStore(): PlanStore {
  const listeners = new Set<() => void>();
  let asking = 0;
  let latest: ToldPlan | undefined;
  return {
    get asked() {
      return asking > 0;
    },
    get latest() {
      return latest;
    },
    ask() {
      asking += 1;
      return () => void (asking -= 1);
    },
    tell(plan) {
      latest = plan;
      for (const listener of listeners) listener();
    },
    onChange(listener) {
      listeners.add(listener);
      return () => void listeners.delete(listener);
    },
  };
}
