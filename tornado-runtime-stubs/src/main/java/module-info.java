/** The part of TornadoVM's runtime that getj names, under its module's name. Never shipped. */
module tornado.runtime {
    requires transitive tornado.api;

    exports uk.ac.manchester.tornado.runtime.common;
    exports uk.ac.manchester.tornado.runtime.library.spi;
}
