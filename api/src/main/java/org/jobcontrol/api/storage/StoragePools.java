package org.jobcontrol.api.storage;

import java.util.List;
import java.util.Optional;
import org.osgi.annotation.versioning.ProviderType;

/**
 * The service that gives a bundle the storage pools of every driver present. Jobs that its pools and
 * volumes begin run in the name of that bundle.
 */
@ProviderType
public interface StoragePools {
    /**
     * Returns every pool.
     *
     * @return the pools, by name
     */
    List<StoragePool> list();

    /**
     * Returns a pool.
     *
     * @param name its name
     * @return the pool, or empty if there is none
     */
    Optional<StoragePool> find(String name);

    /**
     * Defines a pool with the driver for its type. It is inactive at first.
     *
     * @param spec what it is to be
     * @return the pool
     * @throws StorageException if there is a pool with that name, there is no driver for its type, or
     *     the driver refuses
     */
    StoragePool define(PoolSpec spec) throws StorageException;

    /**
     * Returns the type of a new pool for whose driver the user has no preference: that of the driver
     * with the highest service ranking. A built-in driver does not take the place of a hypervisor whose
     * connection is configured and away.
     *
     * @param name the name of the pool that is to be defined, for the message
     * @return the type
     * @throws StorageException with reason UNSUPPORTED if there is no such driver now
     */
    String defaultType(String name) throws StorageException;
}
