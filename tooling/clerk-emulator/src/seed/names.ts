const FIRST =
  `Ada Alan Amara Anika Ben Bianca Carlos Chloe Daniel Dara Diego Elena Emil Farah Felix Grace Hana Hugo Ines Ivan
Jana Joel Kamal Kira Lars Leila Liam Mara Mateo Maya Milan Nadia Nils Noor Omar Paula Quinn Rafael Rosa Sami Sofia Tariq Thea
Uma Viktor Wanda Yara Zane`.split(/\s+/);

const LAST =
  `Abbott Alvarez Andersen Baker Bauer Blanc Castro Chen Costa Dubois Duarte Egan Eriksen Farouk Fischer Garcia Haddad
Hansen Huang Ito Jensen Kaya Kowalski Larsen Lopez Martin Mendes Meyer Moreau Nakamura Novak Okafor Olsen Patel Petrov Ramos
Rossi Sato Silva Singh Tanaka Torres Usman Vargas Weber Wolff Yilmaz Zhang`.split(/\s+/);

/** The name and the address of the n-th made-up person. Names repeat after some two thousand, addresses never. */
export function person(ordinal: number): { firstName: string; lastName: string; emailAddress: string } {
  const firstName = FIRST[ordinal % FIRST.length] ?? "Ada";
  const lastName = LAST[(ordinal + Math.floor(ordinal / FIRST.length)) % LAST.length] ?? "Abbott";
  return { firstName, lastName, emailAddress: `${firstName}.${lastName}.${ordinal}@example.com`.toLowerCase() };
}
