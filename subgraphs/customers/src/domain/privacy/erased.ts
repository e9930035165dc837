/** The payload of `customers.customer.erased`: everybody who keeps something of the person forgets it and says so. */
export const customerErased = (customerId: string, formerIds: readonly string[]) => ({
  topic: 'customers.customer.erased',
  key: customerId,
  payload: { customerId, formerIds },
});
