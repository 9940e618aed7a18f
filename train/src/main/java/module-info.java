/** Pairs, teachers, the trainer and the metrics. */
module dev.getj.train {
    requires transitive dev.getj.pictures;
    requires com.fasterxml.jackson.databind;
    requires ejml.core;
    requires ejml.ddense;
    requires xchart;

    exports dev.getj.chart to
            dev.getj.lab;
    exports dev.getj.data;
    exports dev.getj.diffusion;
    exports dev.getj.eval;
    exports dev.getj.log;
    exports dev.getj.train;
    exports dev.getj.train.distributed;

    uses dev.getj.diffusion.TeacherFormat;
    uses dev.getj.eval.FeatureFormat;
}
