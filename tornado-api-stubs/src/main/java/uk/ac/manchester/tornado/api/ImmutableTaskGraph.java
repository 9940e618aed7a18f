package uk.ac.manchester.tornado.api;

/** A task graph that can be given to a plan. */
public class ImmutableTaskGraph {
    ImmutableTaskGraph() {}
}
