package dev.getj.kernels.tornado.image;

import dev.getj.kernels.op.ImageOp;
import dev.getj.kernels.tornado.runtime.Tasks;

/** Patches of images and rows of the class table. */
public final class ImageTasks {
    private ImageTasks() {}

    /** Adds the tasks of an operation. */
    public static void record(Tasks tasks, ImageOp operation) {
        switch (operation) {
            case ImageOp.Patchify op -> Patches.cut(tasks, op);
            case ImageOp.Unpatchify op -> Patches.join(tasks, op);
            case ImageOp.Embedding op -> Embedding.record(tasks, op);
            case ImageOp.EmbeddingBackward op -> Embedding.record(tasks, op);
        }
    }
}
