/** What resolvers get as their parent, where that is not the channel's own type. */
export interface StaffMapper {
  readonly id: string;
  readonly name: string;
}
