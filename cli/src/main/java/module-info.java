/** The command {@code getj}. */
module dev.getj.cli {
    requires dev.getj.lab;
    requires com.fasterxml.jackson.databind;
    requires info.picocli;
    requires me.tongfei.progressbar;
    requires jdk.unsupported;
    requires static jdk.incubator.vector;
    requires java.management;

    opens dev.getj.cli to
            info.picocli,
            com.fasterxml.jackson.databind;

    provides System.LoggerFinder with
            dev.getj.cli.LineLogs;
}
