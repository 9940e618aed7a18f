/**
 * The {@code getj} command: one class a command, no logic of its own.
 *
 * <p>A command is a {@code Callable<Integer>} that mixes in {@link dev.getj.cli.CommonOptions},
 * asks it for the threads and for {@link dev.getj.cli.Progress}, and hands it one record as its
 * result. It throws {@link dev.getj.io.GetjException} for what the user can put right; {@link
 * dev.getj.cli.Errors} turns everything thrown into one line and an exit code.
 */
package dev.getj.cli;
