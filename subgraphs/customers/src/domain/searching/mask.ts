const HIDDEN = '***';
const SHOWN_DIGITS = 3;
const SHOWN_OF_CARD = 4;

/** An address as a register shows it: first letters and the end of the domain, such as `j***@e***.com`; whoever knows it recognises it. */
export function maskEmail(email: string): string {
  const at = email.lastIndexOf('@');
  const domain = email.slice(at + 1);
  const ending = domain.slice(domain.lastIndexOf('.'));
  return `${first(email)}${HIDDEN}@${first(domain)}${HIDDEN}${ending}`;
}

/** A telephone number as a register shows it: its last three digits, such as `***456`. */
export const maskPhone = (phone: string): string => HIDDEN + phone.slice(-SHOWN_DIGITS);

/** The last four characters of a card; of a shorter card, nothing. */
export const lastOfCard = (card: string): string | null =>
  card.length > SHOWN_OF_CARD ? card.slice(-SHOWN_OF_CARD) : null;

const first = (text: string): string => [...text][0] ?? '';
