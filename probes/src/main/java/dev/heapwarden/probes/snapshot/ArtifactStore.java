package dev.heapwarden.probes.snapshot;

import dev.heapwarden.crds.snapshot.MemorySnapshot;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.nio.channels.FileChannel;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.StandardOpenOption;
import java.nio.file.attribute.FileAttribute;
import java.nio.file.attribute.FileTime;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.regex.Pattern;
import java.util.stream.Stream;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The artefacts on this node, readable by its root only: they may hold what the programs hold. A
 * file is whole or absent, also after a crash: it is written beside its place, forced to disk and
 * renamed. Each is compressed, and its name ends in {@code .gz}.
 *
 * <p>All together they keep to a quota; only the one that is being written may stand above it. To
 * make room others lose theirs, as {@link Eviction} says. None takes of the disk what the kubelet
 * keeps free. Used by one thread, {@link #find} apart.
 */
public final class ArtifactStore {
  private static final Logger LOG = LoggerFactory.getLogger(ArtifactStore.class);

  /** Begins the name of a file that is not whole. */
  static final String UNFINISHED = ".";

  /** Of a namespace, a snapshot or a file that is whole: it leads nowhere else. */
  private static final Pattern NAME = Pattern.compile("[A-Za-z0-9][A-Za-z0-9._-]*");

  /** None has more before it is compressed, unless it is a heap dump. */
  static final long LIMIT = 64L << 20;

  private final Path root;
  private final long quota;
  private final DiskRoom disk;

  /** Any thread that stores asks. */
  private volatile Set<Owner> copied = Set.of();

  /**
   * @param root where they stay
   * @param quota bytes of all of them
   */
  public ArtifactStore(Path root, long quota) {
    this.root = root;
    this.quota = quota;
    this.disk = new DiskRoom(root);
  }

  /** The snapshot that an artefact belongs to. */
  record Owner(String namespace, String snapshot) {
    static Owner of(MemorySnapshot snapshot) {
      return new Owner(snapshot.getMetadata().getNamespace(), snapshot.getMetadata().getName());
    }
  }

  /** The quota or the disk does not allow it. */
  static final class NoRoom extends IOException {
    private static final long serialVersionUID = 1;

    NoRoom(String message) {
      super(message);
    }
  }

  /**
   * What one snapshot holds.
   *
   * @param copied whether all of it is elsewhere too
   */
  record Holding(Owner owner, Path directory, long bytes, FileTime modified, boolean copied) {}

  /** A stored artefact with its size in bytes and its SHA-256 in hex, both as it is stored. */
  record Stored(Path path, long size, String sha256) {}

  /** Writes what an artefact holds. */
  interface Content {
    void writeTo(OutputStream output) throws IOException;
  }

  /**
   * Stores an artefact of a snapshot.
   *
   * @param file its name, which ends in {@code .gz} when the content is compressed already
   * @throws NoRoom when it does not fit into the quota, or not without taking the room of a
   *     namespace that holds less, or not on the disk
   * @throws IOException when the content cannot be read or written, or has more than 64 MiB
   */
  Stored store(Owner owner, String file, InputStream content) throws IOException {
    return store(owner, file, LIMIT, content::transferTo);
  }

  /**
   * Stores one of another size.
   *
   * @param limit bytes before it is compressed
   */
  Stored store(Owner owner, String file, long limit, Content content) throws IOException {
    try {
      return storeWhole(owner, file, limit, content);
    } catch (IOException failure) {
      throw DiskRoom.failure(failure);
    }
  }

  private Stored storeWhole(Owner owner, String file, long limit, Content content)
      throws IOException {
    var name = Compression.name(file);
    var directory = Files.createDirectories(directory(owner), only("rwx------"));
    var path = directory.resolve(name);
    var unfinished = Files.createTempFile(directory, UNFINISHED + name, ".part", only("rw-------"));
    try (var written = new DigestedFile(unfinished)) {
      Compression.write(file, content, limit, disk.bounded(written));
      written.force();
      makeRoom(owner, written.size());
      Files.move(
          unfinished, path, StandardCopyOption.ATOMIC_MOVE, StandardCopyOption.REPLACE_EXISTING);
      force(directory);
      return new Stored(path, written.size(), written.sha256());
    } finally {
      Files.deleteIfExists(unfinished);
    }
  }

  /**
   * Asks whether an artefact could be stored; nothing is deleted yet.
   *
   * @param size in bytes
   * @throws NoRoom when it could not
   */
  void checkRoom(Owner owner, long size) throws IOException {
    var _ = Eviction.victims(holdings(), owner, size, quota);
  }

  /**
   * Asks whether the disk has room for an artefact, beyond what the kubelet keeps free.
   *
   * @param size in bytes
   * @throws NoRoom when it has not
   */
  void checkDisk(long size) throws IOException {
    disk.check(size);
  }

  /** Whether a file is here. */
  boolean holds(String path) {
    var file = Path.of(path);
    return file.startsWith(root) && Files.isRegularFile(file);
  }

  /**
   * The file of an artefact, by what a stranger says; any thread may ask.
   *
   * @return empty when there is none, or when a name is none that a snapshot or an artefact has
   */
  public Optional<Path> find(String namespace, String snapshot, String artifact) {
    return Stream.of(namespace, snapshot, artifact).allMatch(name -> NAME.matcher(name).matches())
        ? Optional.of(directory(new Owner(namespace, snapshot)).resolve(artifact))
            .filter(file -> Files.isRegularFile(file, LinkOption.NOFOLLOW_LINKS))
        : Optional.empty();
  }

  /** Says which snapshots have all their artefacts elsewhere too: those make room first. */
  void copied(Set<Owner> owners) {
    copied = Set.copyOf(owners);
  }

  /** Deletes the artefacts of a snapshot. */
  void delete(Owner owner) throws IOException {
    delete(directory(owner));
  }

  /** Deletes the artefacts of all other snapshots, and what a crash left unfinished. */
  void retain(Set<Owner> owners) throws IOException {
    for (var holding : holdings()) {
      if (!owners.contains(holding.owner())) {
        LOG.info(
            "artefacts end with their snapshot namespace={} name={}",
            holding.owner().namespace(),
            holding.owner().snapshot());
        delete(holding.directory());
        continue;
      }
      for (var file : children(holding.directory())) {
        if (file.getFileName().toString().startsWith(UNFINISHED)) {
          Files.delete(file);
        }
      }
    }
  }

  private void makeRoom(Owner asking, long size) throws IOException {
    for (var victim : Eviction.victims(holdings(), asking, size, quota)) {
      LOG.info(
          "artefacts make room namespace={} name={} bytes={}",
          victim.owner().namespace(),
          victim.owner().snapshot(),
          victim.bytes());
      delete(victim.directory());
    }
  }

  private List<Holding> holdings() throws IOException {
    return Eviction.holdings(root, copied);
  }

  private Path directory(Owner owner) {
    return root.resolve(owner.namespace()).resolve(owner.snapshot());
  }

  private static void delete(Path directory) throws IOException {
    for (var file : children(directory)) {
      Files.delete(file);
    }
    Files.deleteIfExists(directory);
  }

  static List<Path> children(Path directory) throws IOException {
    if (!Files.isDirectory(directory)) {
      return List.of();
    }
    try (var children = Files.list(directory)) {
      return children.toList();
    }
  }

  private static FileAttribute<?> only(String permissions) {
    return PosixFilePermissions.asFileAttribute(PosixFilePermissions.fromString(permissions));
  }

  private static void force(Path directory) throws IOException {
    try (var channel = FileChannel.open(directory, StandardOpenOption.READ)) {
      channel.force(true);
    }
  }
}
