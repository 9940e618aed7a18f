package uk.ac.manchester.tornado.api.common;

/** A call of a native library, as a task. */
public class LibraryTaskDescriptor {
    private String library;
    private String function;
    private Object[] parameters;
    private Access[] access;
    private Object tuning;

    /** Names the library, whose provider is asked. */
    public LibraryTaskDescriptor withLibrary(String libraryName) {
        library = libraryName;
        return this;
    }

    /** Names the function. */
    public LibraryTaskDescriptor withFunction(String functionName) {
        function = functionName;
        return this;
    }

    /** Gives the arguments. */
    public LibraryTaskDescriptor withParameters(Object[] parameters) {
        this.parameters = parameters;
        return this;
    }

    /** Says what is done with each argument. */
    public LibraryTaskDescriptor withAccess(Access[] access) {
        this.access = access;
        return this;
    }

    /** Adds what the provider alone looks at. */
    public LibraryTaskDescriptor withTuning(Object tuning) {
        this.tuning = tuning;
        return this;
    }

    /** The library's name. */
    public String getLibraryName() {
        return library;
    }

    /** The function's name. */
    public String getFunctionName() {
        return function;
    }

    /** The arguments. */
    public Object[] getParameters() {
        return parameters;
    }

    /** What is done with each argument. */
    public Access[] getAccess() {
        return access;
    }

    /** What the provider alone looks at. */
    public Object getTuning() {
        return tuning;
    }
}
