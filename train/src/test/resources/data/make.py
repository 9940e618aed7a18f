# Made every other file of this folder with NumPy 2.4; run there.
import numpy as np

first = np.arange(240).reshape(5, 3, 4, 4).astype(np.uint8)
labels = np.array([6, 5, 4, 3, 2])
np.savez("bytes_last.npz", arr_0=first.transpose(0, 2, 3, 1).copy(), arr_1=labels)
np.savez_compressed("bytes_first.npz", images=first, labels=labels)
np.savez("floats.npz", np.asfortranarray(first / 127.5 - 1))
np.savez("named.npz", mine=np.zeros((2, 4, 4), np.float32), kinds=np.array([0, 2]))

stored = np.load("../../../../../formats/src/test/resources/numpy/stats.npz")
mu, sigma = stored["mu"], stored["sigma"]
np.savez("stats_fortran.npz", mu=mu, sigma=np.asfortranarray(sigma))
np.savez_compressed("stats_packed.npz", sigma=sigma.astype(">f8"), mu=mu)
np.savez("stats_single.npz", mu=mu.astype(np.float32), sigma=sigma.astype(np.float32))
np.savez("stats_lopsided.npz", mu=np.zeros(2), sigma=np.array([[3.0, 2], [1, 3]]))
