module com.example.draw {
    requires dev.getj.model;
    requires dev.getj.weights;
    requires jdk.httpserver;
}
