package uk.ac.manchester.tornado.api;

import uk.ac.manchester.tornado.api.common.LibraryTaskDescriptor;
import uk.ac.manchester.tornado.api.common.TornadoFunctions.LibraryTask1;
import uk.ac.manchester.tornado.api.common.TornadoFunctions.Task;
import uk.ac.manchester.tornado.api.common.TornadoFunctions.Task1;
import uk.ac.manchester.tornado.api.common.TornadoFunctions.Task10;
import uk.ac.manchester.tornado.api.common.TornadoFunctions.Task11;
import uk.ac.manchester.tornado.api.common.TornadoFunctions.Task12;
import uk.ac.manchester.tornado.api.common.TornadoFunctions.Task13;
import uk.ac.manchester.tornado.api.common.TornadoFunctions.Task14;
import uk.ac.manchester.tornado.api.common.TornadoFunctions.Task15;
import uk.ac.manchester.tornado.api.common.TornadoFunctions.Task16;
import uk.ac.manchester.tornado.api.common.TornadoFunctions.Task17;
import uk.ac.manchester.tornado.api.common.TornadoFunctions.Task18;
import uk.ac.manchester.tornado.api.common.TornadoFunctions.Task19;
import uk.ac.manchester.tornado.api.common.TornadoFunctions.Task2;
import uk.ac.manchester.tornado.api.common.TornadoFunctions.Task20;
import uk.ac.manchester.tornado.api.common.TornadoFunctions.Task3;
import uk.ac.manchester.tornado.api.common.TornadoFunctions.Task4;
import uk.ac.manchester.tornado.api.common.TornadoFunctions.Task5;
import uk.ac.manchester.tornado.api.common.TornadoFunctions.Task6;
import uk.ac.manchester.tornado.api.common.TornadoFunctions.Task7;
import uk.ac.manchester.tornado.api.common.TornadoFunctions.Task8;
import uk.ac.manchester.tornado.api.common.TornadoFunctions.Task9;

import java.util.function.Consumer;

/** Tasks and transfers in the order in which they run. Here it can be built, not run. */
@SuppressWarnings("unchecked") // the first argument of a kernel is its context
public class TaskGraph {
    private final String name;

    /** An empty graph. */
    public TaskGraph(String name) {
        this.name = name;
    }

    /** The name that others use to consume what this graph persists. */
    public String getTaskGraphName() {
        return name;
    }

    /** Copies arrays to the device. */
    public TaskGraph transferToDevice(int mode, Object... objects) {
        return this;
    }

    /** Copies arrays to the host. */
    public TaskGraph transferToHost(int mode, Object... objects) {
        return this;
    }

    /** Leaves arrays on the device for other graphs. */
    public TaskGraph persistOnDevice(Object... objects) {
        return this;
    }

    /** Uses arrays that the named graph persisted. */
    public TaskGraph consumeFromDevice(String uniqueTaskGraphName, Object... objects) {
        return this;
    }

    /** Uses arrays that the graph before persisted. */
    public TaskGraph consumeFromDevice(Object... objects) {
        return this;
    }

    /** This graph, closed for changes. */
    public ImmutableTaskGraph snapshot() {
        return new ImmutableTaskGraph();
    }

    /** Told, for each task, what launches its kernel with a context: what an emulator needs. */
    protected void launched(String id, Consumer<KernelContext> kernel) {}

    /** Told of each call of a library: what an emulator needs. */
    protected void called(String id, LibraryTaskDescriptor call) {}

    /** Adds a call of a library. */
    public <T1> TaskGraph libraryTask(String id, LibraryTask1<T1> code, T1 arg1) {
        called(id, code.apply(arg1));
        return this;
    }

    /** Adds a task. */
    public TaskGraph task(String id, Task code) {
        return this;
    }

    /** Adds a task of 1 argument. */
    public <T1> TaskGraph task(String id, Task1<T1> code, T1 arg) {
        launched(id, context -> code.apply((T1) context));
        return this;
    }

    /** Adds a task of 2 arguments. */
    public <T1, T2> TaskGraph task(String id, Task2<T1, T2> code, T1 arg1, T2 arg2) {
        launched(id, context -> code.apply((T1) context, arg2));
        return this;
    }

    /** Adds a task of 3 arguments. */
    public <T1, T2, T3> TaskGraph task(
            String id, Task3<T1, T2, T3> code, T1 arg1, T2 arg2, T3 arg3) {
        launched(id, context -> code.apply((T1) context, arg2, arg3));
        return this;
    }

    /** Adds a task of 4 arguments. */
    public <T1, T2, T3, T4> TaskGraph task(
            String id, Task4<T1, T2, T3, T4> code, T1 arg1, T2 arg2, T3 arg3, T4 arg4) {
        launched(id, context -> code.apply((T1) context, arg2, arg3, arg4));
        return this;
    }

    /** Adds a task of 5 arguments. */
    public <T1, T2, T3, T4, T5> TaskGraph task(
            String id,
            Task5<T1, T2, T3, T4, T5> code,
            T1 arg1,
            T2 arg2,
            T3 arg3,
            T4 arg4,
            T5 arg5) {
        launched(id, context -> code.apply((T1) context, arg2, arg3, arg4, arg5));
        return this;
    }

    /** Adds a task of 6 arguments. */
    public <T1, T2, T3, T4, T5, T6> TaskGraph task(
            String id,
            Task6<T1, T2, T3, T4, T5, T6> code,
            T1 arg1,
            T2 arg2,
            T3 arg3,
            T4 arg4,
            T5 arg5,
            T6 arg6) {
        launched(id, context -> code.apply((T1) context, arg2, arg3, arg4, arg5, arg6));
        return this;
    }

    /** Adds a task of 7 arguments. */
    public <T1, T2, T3, T4, T5, T6, T7> TaskGraph task(
            String id,
            Task7<T1, T2, T3, T4, T5, T6, T7> code,
            T1 arg1,
            T2 arg2,
            T3 arg3,
            T4 arg4,
            T5 arg5,
            T6 arg6,
            T7 arg7) {
        launched(id, context -> code.apply((T1) context, arg2, arg3, arg4, arg5, arg6, arg7));
        return this;
    }

    /** Adds a task of 8 arguments. */
    public <T1, T2, T3, T4, T5, T6, T7, T8> TaskGraph task(
            String id,
            Task8<T1, T2, T3, T4, T5, T6, T7, T8> code,
            T1 arg1,
            T2 arg2,
            T3 arg3,
            T4 arg4,
            T5 arg5,
            T6 arg6,
            T7 arg7,
            T8 arg8) {
        launched(id, context -> code.apply((T1) context, arg2, arg3, arg4, arg5, arg6, arg7, arg8));
        return this;
    }

    /** Adds a task of 9 arguments. */
    public <T1, T2, T3, T4, T5, T6, T7, T8, T9> TaskGraph task(
            String id,
            Task9<T1, T2, T3, T4, T5, T6, T7, T8, T9> code,
            T1 arg1,
            T2 arg2,
            T3 arg3,
            T4 arg4,
            T5 arg5,
            T6 arg6,
            T7 arg7,
            T8 arg8,
            T9 arg9) {
        launched(
                id,
                context ->
                        code.apply((T1) context, arg2, arg3, arg4, arg5, arg6, arg7, arg8, arg9));
        return this;
    }

    /** Adds a task of 10 arguments. */
    public <T1, T2, T3, T4, T5, T6, T7, T8, T9, T10> TaskGraph task(
            String id,
            Task10<T1, T2, T3, T4, T5, T6, T7, T8, T9, T10> code,
            T1 arg1,
            T2 arg2,
            T3 arg3,
            T4 arg4,
            T5 arg5,
            T6 arg6,
            T7 arg7,
            T8 arg8,
            T9 arg9,
            T10 arg10) {
        launched(
                id,
                context ->
                        code.apply(
                                (T1) context,
                                arg2,
                                arg3,
                                arg4,
                                arg5,
                                arg6,
                                arg7,
                                arg8,
                                arg9,
                                arg10));
        return this;
    }

    /** Adds a task of 11 arguments. */
    public <T1, T2, T3, T4, T5, T6, T7, T8, T9, T10, T11> TaskGraph task(
            String id,
            Task11<T1, T2, T3, T4, T5, T6, T7, T8, T9, T10, T11> code,
            T1 arg1,
            T2 arg2,
            T3 arg3,
            T4 arg4,
            T5 arg5,
            T6 arg6,
            T7 arg7,
            T8 arg8,
            T9 arg9,
            T10 arg10,
            T11 arg11) {
        launched(
                id,
                context ->
                        code.apply(
                                (T1) context,
                                arg2,
                                arg3,
                                arg4,
                                arg5,
                                arg6,
                                arg7,
                                arg8,
                                arg9,
                                arg10,
                                arg11));
        return this;
    }

    /** Adds a task of 12 arguments. */
    public <T1, T2, T3, T4, T5, T6, T7, T8, T9, T10, T11, T12> TaskGraph task(
            String id,
            Task12<T1, T2, T3, T4, T5, T6, T7, T8, T9, T10, T11, T12> code,
            T1 arg1,
            T2 arg2,
            T3 arg3,
            T4 arg4,
            T5 arg5,
            T6 arg6,
            T7 arg7,
            T8 arg8,
            T9 arg9,
            T10 arg10,
            T11 arg11,
            T12 arg12) {
        launched(
                id,
                context ->
                        code.apply(
                                (T1) context,
                                arg2,
                                arg3,
                                arg4,
                                arg5,
                                arg6,
                                arg7,
                                arg8,
                                arg9,
                                arg10,
                                arg11,
                                arg12));
        return this;
    }

    /** Adds a task of 13 arguments. */
    public <T1, T2, T3, T4, T5, T6, T7, T8, T9, T10, T11, T12, T13> TaskGraph task(
            String id,
            Task13<T1, T2, T3, T4, T5, T6, T7, T8, T9, T10, T11, T12, T13> code,
            T1 arg1,
            T2 arg2,
            T3 arg3,
            T4 arg4,
            T5 arg5,
            T6 arg6,
            T7 arg7,
            T8 arg8,
            T9 arg9,
            T10 arg10,
            T11 arg11,
            T12 arg12,
            T13 arg13) {
        launched(
                id,
                context ->
                        code.apply(
                                (T1) context,
                                arg2,
                                arg3,
                                arg4,
                                arg5,
                                arg6,
                                arg7,
                                arg8,
                                arg9,
                                arg10,
                                arg11,
                                arg12,
                                arg13));
        return this;
    }

    /** Adds a task of 14 arguments. */
    public <T1, T2, T3, T4, T5, T6, T7, T8, T9, T10, T11, T12, T13, T14> TaskGraph task(
            String id,
            Task14<T1, T2, T3, T4, T5, T6, T7, T8, T9, T10, T11, T12, T13, T14> code,
            T1 arg1,
            T2 arg2,
            T3 arg3,
            T4 arg4,
            T5 arg5,
            T6 arg6,
            T7 arg7,
            T8 arg8,
            T9 arg9,
            T10 arg10,
            T11 arg11,
            T12 arg12,
            T13 arg13,
            T14 arg14) {
        launched(
                id,
                context ->
                        code.apply(
                                (T1) context,
                                arg2,
                                arg3,
                                arg4,
                                arg5,
                                arg6,
                                arg7,
                                arg8,
                                arg9,
                                arg10,
                                arg11,
                                arg12,
                                arg13,
                                arg14));
        return this;
    }

    /** Adds a task of 15 arguments. */
    public <T1, T2, T3, T4, T5, T6, T7, T8, T9, T10, T11, T12, T13, T14, T15> TaskGraph task(
            String id,
            Task15<T1, T2, T3, T4, T5, T6, T7, T8, T9, T10, T11, T12, T13, T14, T15> code,
            T1 arg1,
            T2 arg2,
            T3 arg3,
            T4 arg4,
            T5 arg5,
            T6 arg6,
            T7 arg7,
            T8 arg8,
            T9 arg9,
            T10 arg10,
            T11 arg11,
            T12 arg12,
            T13 arg13,
            T14 arg14,
            T15 arg15) {
        launched(
                id,
                context ->
                        code.apply(
                                (T1) context,
                                arg2,
                                arg3,
                                arg4,
                                arg5,
                                arg6,
                                arg7,
                                arg8,
                                arg9,
                                arg10,
                                arg11,
                                arg12,
                                arg13,
                                arg14,
                                arg15));
        return this;
    }

    /** Adds a task of 16 arguments. */
    public <T1, T2, T3, T4, T5, T6, T7, T8, T9, T10, T11, T12, T13, T14, T15, T16> TaskGraph task(
            String id,
            Task16<T1, T2, T3, T4, T5, T6, T7, T8, T9, T10, T11, T12, T13, T14, T15, T16> code,
            T1 arg1,
            T2 arg2,
            T3 arg3,
            T4 arg4,
            T5 arg5,
            T6 arg6,
            T7 arg7,
            T8 arg8,
            T9 arg9,
            T10 arg10,
            T11 arg11,
            T12 arg12,
            T13 arg13,
            T14 arg14,
            T15 arg15,
            T16 arg16) {
        launched(
                id,
                context ->
                        code.apply(
                                (T1) context,
                                arg2,
                                arg3,
                                arg4,
                                arg5,
                                arg6,
                                arg7,
                                arg8,
                                arg9,
                                arg10,
                                arg11,
                                arg12,
                                arg13,
                                arg14,
                                arg15,
                                arg16));
        return this;
    }

    /** Adds a task of 17 arguments. */
    public <T1, T2, T3, T4, T5, T6, T7, T8, T9, T10, T11, T12, T13, T14, T15, T16, T17>
            TaskGraph task(
                    String id,
                    Task17<
                                    T1,
                                    T2,
                                    T3,
                                    T4,
                                    T5,
                                    T6,
                                    T7,
                                    T8,
                                    T9,
                                    T10,
                                    T11,
                                    T12,
                                    T13,
                                    T14,
                                    T15,
                                    T16,
                                    T17>
                            code,
                    T1 arg1,
                    T2 arg2,
                    T3 arg3,
                    T4 arg4,
                    T5 arg5,
                    T6 arg6,
                    T7 arg7,
                    T8 arg8,
                    T9 arg9,
                    T10 arg10,
                    T11 arg11,
                    T12 arg12,
                    T13 arg13,
                    T14 arg14,
                    T15 arg15,
                    T16 arg16,
                    T17 arg17) {
        launched(
                id,
                context ->
                        code.apply(
                                (T1) context,
                                arg2,
                                arg3,
                                arg4,
                                arg5,
                                arg6,
                                arg7,
                                arg8,
                                arg9,
                                arg10,
                                arg11,
                                arg12,
                                arg13,
                                arg14,
                                arg15,
                                arg16,
                                arg17));
        return this;
    }

    /** Adds a task of 18 arguments. */
    public <T1, T2, T3, T4, T5, T6, T7, T8, T9, T10, T11, T12, T13, T14, T15, T16, T17, T18>
            TaskGraph task(
                    String id,
                    Task18<
                                    T1,
                                    T2,
                                    T3,
                                    T4,
                                    T5,
                                    T6,
                                    T7,
                                    T8,
                                    T9,
                                    T10,
                                    T11,
                                    T12,
                                    T13,
                                    T14,
                                    T15,
                                    T16,
                                    T17,
                                    T18>
                            code,
                    T1 arg1,
                    T2 arg2,
                    T3 arg3,
                    T4 arg4,
                    T5 arg5,
                    T6 arg6,
                    T7 arg7,
                    T8 arg8,
                    T9 arg9,
                    T10 arg10,
                    T11 arg11,
                    T12 arg12,
                    T13 arg13,
                    T14 arg14,
                    T15 arg15,
                    T16 arg16,
                    T17 arg17,
                    T18 arg18) {
        launched(
                id,
                context ->
                        code.apply(
                                (T1) context,
                                arg2,
                                arg3,
                                arg4,
                                arg5,
                                arg6,
                                arg7,
                                arg8,
                                arg9,
                                arg10,
                                arg11,
                                arg12,
                                arg13,
                                arg14,
                                arg15,
                                arg16,
                                arg17,
                                arg18));
        return this;
    }

    /** Adds a task of 19 arguments. */
    public <T1, T2, T3, T4, T5, T6, T7, T8, T9, T10, T11, T12, T13, T14, T15, T16, T17, T18, T19>
            TaskGraph task(
                    String id,
                    Task19<
                                    T1,
                                    T2,
                                    T3,
                                    T4,
                                    T5,
                                    T6,
                                    T7,
                                    T8,
                                    T9,
                                    T10,
                                    T11,
                                    T12,
                                    T13,
                                    T14,
                                    T15,
                                    T16,
                                    T17,
                                    T18,
                                    T19>
                            code,
                    T1 arg1,
                    T2 arg2,
                    T3 arg3,
                    T4 arg4,
                    T5 arg5,
                    T6 arg6,
                    T7 arg7,
                    T8 arg8,
                    T9 arg9,
                    T10 arg10,
                    T11 arg11,
                    T12 arg12,
                    T13 arg13,
                    T14 arg14,
                    T15 arg15,
                    T16 arg16,
                    T17 arg17,
                    T18 arg18,
                    T19 arg19) {
        launched(
                id,
                context ->
                        code.apply(
                                (T1) context,
                                arg2,
                                arg3,
                                arg4,
                                arg5,
                                arg6,
                                arg7,
                                arg8,
                                arg9,
                                arg10,
                                arg11,
                                arg12,
                                arg13,
                                arg14,
                                arg15,
                                arg16,
                                arg17,
                                arg18,
                                arg19));
        return this;
    }

    /** Adds a task of 20 arguments. */
    public <
                    T1,
                    T2,
                    T3,
                    T4,
                    T5,
                    T6,
                    T7,
                    T8,
                    T9,
                    T10,
                    T11,
                    T12,
                    T13,
                    T14,
                    T15,
                    T16,
                    T17,
                    T18,
                    T19,
                    T20>
            TaskGraph task(
                    String id,
                    Task20<
                                    T1,
                                    T2,
                                    T3,
                                    T4,
                                    T5,
                                    T6,
                                    T7,
                                    T8,
                                    T9,
                                    T10,
                                    T11,
                                    T12,
                                    T13,
                                    T14,
                                    T15,
                                    T16,
                                    T17,
                                    T18,
                                    T19,
                                    T20>
                            code,
                    T1 arg1,
                    T2 arg2,
                    T3 arg3,
                    T4 arg4,
                    T5 arg5,
                    T6 arg6,
                    T7 arg7,
                    T8 arg8,
                    T9 arg9,
                    T10 arg10,
                    T11 arg11,
                    T12 arg12,
                    T13 arg13,
                    T14 arg14,
                    T15 arg15,
                    T16 arg16,
                    T17 arg17,
                    T18 arg18,
                    T19 arg19,
                    T20 arg20) {
        launched(
                id,
                context ->
                        code.apply(
                                (T1) context,
                                arg2,
                                arg3,
                                arg4,
                                arg5,
                                arg6,
                                arg7,
                                arg8,
                                arg9,
                                arg10,
                                arg11,
                                arg12,
                                arg13,
                                arg14,
                                arg15,
                                arg16,
                                arg17,
                                arg18,
                                arg19,
                                arg20));
        return this;
    }
}
