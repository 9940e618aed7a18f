package dev.getj.io.torch;

import java.util.Set;

/**
 * Which names that have no meaning here a pickle may hold all the same. Nothing is looked up or
 * run, whatever its name; the rule tells objects that happen to lie beside weights from a file that
 * would do something when Python loads it:
 *
 * <ul>
 *   <li>a name of Python's standard library is refused unless it is a class of plain values, such
 *       as {@code datetime.date}: the only use of {@code os.system} is a call;
 *   <li>a name of any other package may stand in a file, and a class of it may be said to have been
 *       constructed;
 *   <li>a call of a function of it is refused. A class is what the operations for objects construct
 *       or what is written as classes are, in capitals (PEP 8).
 * </ul>
 */
final class ForeignName {
    /** Modules of the standard library; every pickle names them by these first parts. */
    private static final Set<String> STANDARD =
            Set.of(
                    """
                    Bastion StringIO UserDict UserList UserString abc aifc annotationlib antigravity
                    argparse array ast asynchat asyncio asyncore atexit audioop base64 bdb binascii
                    bisect builtins bz2 cPickle cProfile cStringIO calendar cgi cgitb chunk cmath cmd
                    code codecs codeop collections colorsys commands compileall compression concurrent
                    configparser contextlib contextvars copy copy_reg copyreg crypt csv ctypes curses
                    dataclasses datetime dbm decimal difflib dis distutils doctest dummy_thread email
                    encodings ensurepip enum errno exceptions execfile faulthandler fcntl filecmp
                    fileinput fnmatch fractions ftplib functools gc genericpath getopt getpass gettext
                    glob graphlib grp gzip hashlib heapq hmac html http httplib idlelib ihooks imaplib
                    imghdr imp importlib imputil inspect io ipaddress itertools json keyword lib2to3
                    linecache locale logging lzma mailbox mailcap marshal math mimetypes mmap
                    modulefinder msilib msvcrt multiprocessing netrc new nis nntplib nt ntpath
                    nturl2path numbers opcode operator optparse os os2emxpath ossaudiodev pathlib pdb
                    pickle pickletools pipes pkgutil platform plistlib popen2 poplib posix posixpath
                    pprint profile pstats pty pwd py_compile pyclbr pydoc pydoc_data pyexpat queue
                    quopri random re readline reprlib resource rexec rlcompleter runpy sched secrets
                    select selectors shelve shlex shutil signal site smtpd smtplib sndhdr socket
                    socketserver spwd sqlite3 sre_compile sre_constants sre_parse ssl stat statistics
                    string stringprep struct subprocess sunau symtable sys sysconfig syslog tabnanny
                    tarfile telnetlib tempfile termios textwrap this thread threading time timeit
                    tkinter token tokenize tomllib trace traceback tracemalloc tty turtle turtledemo
                    types typing unicodedata unittest urllib urllib2 urlparse uu uuid venv warnings
                    wave weakref webbrowser winreg winsound wsgiref xdrlib xml xmlrpc zipapp zipfile
                    zipimport zlib zoneinfo
                    """
                            .split("\\s+"));

    /** Modules of it that define types of values only; their classes are in capitals. */
    private static final Set<String> PLAIN_MODULES =
            Set.of("decimal", "enum", "fractions", "numbers", "pathlib", "typing", "uuid");

    /** Classes of other modules of it that hold plain values. */
    private static final Set<String> PLAIN_CLASSES =
            Set.of(
                    "builtins.bool",
                    "builtins.bytearray",
                    "builtins.complex",
                    "builtins.dict",
                    "builtins.float",
                    "builtins.int",
                    "builtins.list",
                    "builtins.object",
                    "builtins.range",
                    "builtins.slice",
                    "builtins.str",
                    "builtins.tuple",
                    "collections.ChainMap",
                    "collections.UserDict",
                    "collections.UserList",
                    "datetime.date",
                    "datetime.datetime",
                    "datetime.time",
                    "datetime.timedelta",
                    "datetime.timezone",
                    "functools.partial");

    private ForeignName() {}

    /** The name in full, with Python 3's name of the module. */
    static String full(String module, String name) {
        return (module.equals("__builtin__") ? "builtins" : module) + "." + name;
    }

    /** Whether a pickle may hold this name. */
    static boolean allowed(String module, String name) {
        String[] parts = name.split("\\.", -1);
        for (int i = 0; i < parts.length - 1; i++) {
            if (!inCapitals(parts[i])) {
                return false; // not a class in a class: a way to another module
            }
        }
        String top = module.split("\\.", 2)[0];
        if (STANDARD.contains(top) || top.startsWith("_") && !top.equals("__main__")) {
            return PLAIN_CLASSES.contains(full(module, name))
                    || PLAIN_MODULES.contains(top) && inCapitals(parts[parts.length - 1]);
        }
        return true;
    }

    /** Whether a call of an allowed name constructs an object. */
    static boolean isClass(String full) {
        return PLAIN_CLASSES.contains(full)
                || inCapitals(full.substring(full.lastIndexOf('.') + 1));
    }

    private static boolean inCapitals(String part) {
        int first = 0;
        while (first < part.length() && part.charAt(first) == '_') {
            first++;
        }
        return first < part.length() && Character.isUpperCase(part.charAt(first));
    }
}
