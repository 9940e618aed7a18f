package dev.getj.data;

/** Which of the images of a data set that comes in two parts. */
enum Split {
    TRAIN,
    TEST,
    ALL
}
