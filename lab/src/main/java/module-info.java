/** The demo, the study, profiles, and their charts. */
module dev.getj.lab {
    requires transitive dev.getj.train;
    requires com.fasterxml.jackson.databind;
    requires java.management;
    requires xchart;

    exports dev.getj.demo;
    exports dev.getj.equilibrium;
    exports dev.getj.profile;
    exports dev.getj.study;

    opens dev.getj.study to
            com.fasterxml.jackson.databind;
}
