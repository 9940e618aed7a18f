/**
 * Several processes that train one network: which of them this is ({@link
 * dev.getj.train.distributed.Rank}), how they sum gradients ({@link
 * dev.getj.train.distributed.Collectives}), and how they notice that one of them is gone ({@link
 * dev.getj.train.distributed.Ranks}).
 */
package dev.getj.train.distributed;
