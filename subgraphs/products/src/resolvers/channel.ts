import type { ChannelResolvers } from '../generated/schema.ts';

export const Channel: ChannelResolvers = {
  __resolveReference: ({ code }, { loaders }) => loaders.channel.load(code),
};
