const MINUTES = 60;
const HOURS = 60 * MINUTES;

/** How often secrets may be tried and mails asked for. Subjects are added by whoever counts. */
export const LIMITS = {
  /** Passwords with one address, whether or not it has an account. */
  signIn: { kind: 'sign-in', most: 5, windowS: 15 * MINUTES },
  signUp: { kind: 'sign-up', most: 10, windowS: HOURS },
  passwordChange: { kind: 'password-change', most: 5, windowS: 15 * MINUTES },
  verificationRequest: { kind: 'verification-request', most: 3, windowS: HOURS },
  resetRequest: { kind: 'reset-request', most: 3, windowS: HOURS },
  /** Exchanges of one session; a client needs one in five minutes. */
  refresh: { kind: 'refresh', most: 60, windowS: 15 * MINUTES },
  /** Passwords with one token from a mail. */
  emailVerify: { kind: 'email-verify', most: 5, windowS: HOURS },
  /** Everything above from one network address, and tries of tokens from mails: many people can share one. */
  client: { kind: 'client', most: 50, windowS: 15 * MINUTES },
} as const;
