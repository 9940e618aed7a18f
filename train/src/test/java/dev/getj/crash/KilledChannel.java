package dev.getj.crash;

import java.io.IOException;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.nio.ByteBuffer;
import java.nio.MappedByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.channels.FileLock;
import java.nio.channels.ReadableByteChannel;
import java.nio.channels.WritableByteChannel;

/** A channel whose writes and forces may be the last thing a process does. */
final class KilledChannel extends FileChannel {
    private final FileChannel inner;
    private final KillSwitch kill;

    KilledChannel(FileChannel inner, KillSwitch kill) {
        this.inner = inner;
        this.kill = kill;
    }

    @Override
    public int write(ByteBuffer source) throws IOException {
        if (kill.isLast()) {
            // a write may get half way
            ByteBuffer half = source.duplicate();
            half.limit(half.position() + half.remaining() / 2);
            inner.write(half);
        }
        kill.change();
        return inner.write(source);
    }

    @Override
    public long write(ByteBuffer[] sources, int offset, int length) throws IOException {
        kill.change();
        return inner.write(sources, offset, length);
    }

    @Override
    public int write(ByteBuffer source, long position) throws IOException {
        kill.change();
        return inner.write(source, position);
    }

    @Override
    public void force(boolean metaData) throws IOException {
        kill.change();
        inner.force(metaData);
    }

    @Override
    public FileChannel truncate(long size) throws IOException {
        kill.change();
        inner.truncate(size);
        return this;
    }

    @Override
    public int read(ByteBuffer target) throws IOException {
        kill.alive();
        return inner.read(target);
    }

    @Override
    public long read(ByteBuffer[] targets, int offset, int length) throws IOException {
        kill.alive();
        return inner.read(targets, offset, length);
    }

    @Override
    public int read(ByteBuffer target, long position) throws IOException {
        kill.alive();
        return inner.read(target, position);
    }

    @Override
    public long position() throws IOException {
        return inner.position();
    }

    @Override
    public FileChannel position(long position) throws IOException {
        inner.position(position);
        return this;
    }

    @Override
    public long size() throws IOException {
        return inner.size();
    }

    @Override
    public long transferTo(long position, long count, WritableByteChannel target)
            throws IOException {
        kill.change();
        return inner.transferTo(position, count, target);
    }

    @Override
    public long transferFrom(ReadableByteChannel source, long position, long count)
            throws IOException {
        kill.change();
        return inner.transferFrom(source, position, count);
    }

    @Override
    public MappedByteBuffer map(MapMode mode, long position, long size) throws IOException {
        kill.alive();
        return inner.map(mode, position, size);
    }

    @Override
    public MemorySegment map(MapMode mode, long position, long size, Arena arena)
            throws IOException {
        kill.alive();
        return inner.map(mode, position, size, arena);
    }

    @Override
    public FileLock lock(long position, long size, boolean shared) throws IOException {
        kill.alive();
        return inner.lock(position, size, shared);
    }

    @Override
    public FileLock tryLock(long position, long size, boolean shared) throws IOException {
        kill.alive();
        return inner.tryLock(position, size, shared);
    }

    @Override
    protected void implCloseChannel() throws IOException {
        inner.close();
    }
}
