/** Images: reading, resampling, grids. */
module dev.getj.pictures {
    requires transitive dev.getj.model;
    requires transitive java.desktop;

    exports dev.getj.picture;
}
