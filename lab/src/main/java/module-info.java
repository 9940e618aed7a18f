/** The demo, the study, profiles and their charts, and the service with its playground. */
module dev.getj.lab {
    requires transitive dev.getj.train;
    requires com.fasterxml.jackson.databind;
    requires java.management;
    requires jdk.httpserver;
    requires xchart;

    exports dev.getj.demo;
    exports dev.getj.equilibrium;
    exports dev.getj.profile;
    exports dev.getj.serve;
    exports dev.getj.study;

    opens dev.getj.serve to
            com.fasterxml.jackson.databind;
    opens dev.getj.study to
            com.fasterxml.jackson.databind;
}
